"""The report as findings: what a rule holds against a revision, once for each environment."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from alembic_ci.model import ChangeResult, Report, RollbackResult, SqlResult
from alembic_ci.render.failure import Failure
from alembic_ci.render.failure_text import told
from alembic_ci.render.failures import declared, failures, notes, warnings
from alembic_ci.render.rows import Row, rows
from alembic_ci.rules import CATALOGUE, Level, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule broken by one revision in one environment (``""``: before any was reached).

    *databases* are the labels of those it was met in. *file* is relative to the working directory.
    """

    rule: Rule
    level: Level
    environment: str
    databases: tuple[str, ...]
    revision: str
    part: str
    file: str | None
    line: int | None
    message: str

    @property
    def fingerprint(self) -> str:
        """Recognise it again when lines move, files are renamed or words change."""
        subject = self.revision or self.file or self.message.partition("\n")[0]
        told = f"{self.rule.id}\0{subject}\0{self.part}".encode(errors="backslashreplace")
        return hashlib.sha256(told).hexdigest()[:32]


def findings(report: Report) -> tuple[Finding, ...]:
    """Return the findings, errors first; one of several databases of an environment is one."""
    by_name = {row.name: row for row in rows(report)}
    found: dict[tuple[str, str], Finding] = {}
    for level, failure in _levelled(report):
        for finding in _each_environment(level, failure, by_name):
            key = (finding.environment, finding.fingerprint)
            known = found.setdefault(key, finding)
            if known is not finding:
                labels = dict.fromkeys((*known.databases, *finding.databases))
                found[key] = replace(known, databases=tuple(labels))
    return tuple(found.values())


def examined(row: Row) -> bool:
    """Tell whether anything looked at revisions for this database."""
    looking = SqlResult | RollbackResult | ChangeResult
    return any(isinstance(step.result, looking) for step in row.steps)


def _levelled(report: Report) -> Iterator[tuple[Level, Failure]]:
    yield from ((Level.ERROR, failure) for failure in failures(report))
    yield from ((Level.WARNING, failure) for failure in warnings(report))
    yield from ((Level.NOTE, failure) for failure in (*notes(report), *declared(report)))


def _each_environment(level: Level, failure: Failure, by_name: dict[str, Row]) -> Iterator[Finding]:
    rule = CATALOGUE.get(failure.code)
    if rule is None:
        return
    labels: dict[str, list[str]] = {} if failure.where else {"": []}
    for name in failure.where:
        row = by_name[name]
        labels.setdefault(row.environment, []).append(row.label)
    for environment, databases in labels.items():
        yield Finding(
            rule=rule,
            level=level,
            environment=environment,
            databases=tuple(filter(None, databases)),
            revision=failure.problem.revision or "",
            part=failure.part,
            file=failure.problem.file,
            line=failure.problem.line,
            message=told(failure),
        )
