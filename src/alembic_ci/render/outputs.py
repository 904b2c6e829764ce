"""The job outputs: short, machine-readable, the same names on every CI host."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.interface import OUTPUTS
from alembic_ci.model import Report, Verdict
from alembic_ci.render.described import described
from alembic_ci.render.failures import failure_class
from alembic_ci.render.findings import examined, findings
from alembic_ci.render.rows import Row, rows

# A later step gets an output as a process variable, and Linux refuses one of 131,072 bytes or more.
_SQL_CHARACTERS = 60_000
_SQL_BYTES = 120_000
_IDS_CHARACTERS = 40_000

_TESTED = (Verdict.PASSED, Verdict.FAILED, Verdict.RESIDUE, Verdict.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPaths:
    """Where the report files are, relative to the working directory; empty where none is."""

    report: str
    report_json: str
    html: str = ""
    sarif: str = ""
    junit: str = ""
    code_quality: str = ""


def outputs(report: Report, *, paths: ReportPaths) -> Mapping[str, str]:
    """Return every output of ``interface.OUTPUTS``, in that order; what is not known is empty.

    Lists of revisions name each one once, whatever the number of databases it concerns.
    """
    found = rows(report)
    values = {
        "status": report.state.value,
        "exit-code": str(int(report.exit_code)),
        "failure-class": failure_class(report),
        "environment": found[0].environment if found else "",
        "environments": described(report, found),
        **_revisions(report, found),
        **_proofs(found),
        **_scripts(found),
        "report-path": paths.report,
        "report-json-path": paths.report_json,
        **_findings(report, found),
        "report-html-path": paths.html,
        "sarif-path": paths.sarif,
        "junit-path": paths.junit,
        "code-quality-path": paths.code_quality,
    }
    return {output.name: values.get(output.name, "") for output in OUTPUTS}


def _revisions(report: Report, found: Sequence[Row]) -> dict[str, str]:
    first = found[0] if found else None
    pending = _merged([row.pending or () for row in found])
    applied = _merged([row.applied for row in found])
    return {
        "current-revision": _ids(first.current or ()) if first else "",
        "target-revision": _ids(first.target or ()) if first else "",
        "heads": _ids(_heads(report, found)),
        "is-up-to-date": str(bool(found) and all(row.up_to_date for row in found)).lower(),
        "pending-count": str(len(pending)),
        "pending-revisions": _ids(pending),
        "applied-count": str(len(applied)),
        "applied-revisions": _ids(applied),
    }


def _proofs(found: Sequence[Row]) -> dict[str, str]:
    proofs = [proof for row in found if row.rollback for proof in row.rollback.proofs]
    tested = {proof.revision for proof in proofs if proof.verdict in _TESTED}
    irreversible = [p.revision for p in proofs if p.verdict is Verdict.IRREVERSIBLE]
    return {
        "rollback-tested": str(len(tested)),
        "irreversible-revisions": _ids(_merged([irreversible])),
    }


def _findings(report: Report, found: Sequence[Row]) -> dict[str, str]:
    """Count the findings, unless nothing looked for any: none seen is not none there."""
    told = findings(report)
    if not told and not any(map(examined, found)):
        return {}
    return {
        "finding-count": str(len(told)),
        "finding-codes": " ".join(dict.fromkeys(finding.rule.id for finding in told)),
    }


def _scripts(found: Sequence[Row]) -> dict[str, str]:
    sql = found[0].sql if found else None
    if sql is None:
        return dict.fromkeys(("sql", "sql-path", "sql-sha256", "rollback-sql-path"), "")
    return {
        "sql": _cut(sql.sql, sql.upgrade_path),
        "sql-path": sql.upgrade_path,
        "sql-sha256": sql.sha256,
        "rollback-sql-path": sql.downgrade_path,
    }


def _heads(report: Report, found: Sequence[Row]) -> Sequence[str]:
    """Return the heads a database was compared with, else those of the revisions we know."""
    told = next((row.status.heads for row in found if row.status), ())
    if told:
        return told
    parents = {parent for info in report.revisions for parent in info.down_revisions}
    return [info.revision for info in report.revisions if info.revision not in parents]


def _merged(lists: Iterable[Sequence[str]]) -> list[str]:
    """Name each once; the longest list leads, for databases differ by how far behind they are."""
    longest_first = sorted(lists, key=len, reverse=True)
    return list(dict.fromkeys(revision for one in longest_first for revision in one))


def _ids(revisions: Sequence[str]) -> str:
    whole = " ".join(revisions)
    if len(whole) <= _IDS_CHARACTERS:
        return whole
    return whole[:_IDS_CHARACTERS].rpartition(" ")[0] + " ..."


def _cut(sql: str, path: str) -> str:
    """Cut a script at a line, and say so in its last line."""
    if len(sql) <= _SQL_CHARACTERS and len(sql.encode(errors="replace")) <= _SQL_BYTES:
        return sql
    said = f"-- Cut here by alembic-ci; the whole script is in {' '.join(path.split())}\n"
    room = _SQL_CHARACTERS - len(said)
    start = sql[:room].encode(errors="replace")[: _SQL_BYTES - len(said.encode(errors="replace"))]
    lines, newline, _ = start.decode(errors="ignore").rpartition("\n")
    return lines + newline + said
