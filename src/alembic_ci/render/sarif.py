"""Findings as SARIF 2.1.0, for GitHub code scanning and every tool that reads it.

The limits are GitHub's: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from alembic_ci.model import Report
from alembic_ci.render.failures import failures
from alembic_ci.render.findings import Finding, examined, findings
from alembic_ci.render.json_report import Json
from alembic_ci.render.locations import location, whereabouts
from alembic_ci.render.rows import rows
from alembic_ci.render.words import listed, one_line, visible
from alembic_ci.rules import RULES, Level, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_TOOL = "alembic-ci"
_RUNS = 20
_RESULTS = 5_000  # a run may have 25,000, and so many of them are shown
_NOTIFICATIONS = 100
_LINK = re.compile(r"\[([^\[\]]*)\]\(")
_INDEX = {rule.id: number for number, rule in enumerate(RULES)}
_SEVERITY = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "recommendation"}


def sarif(report: Report, folder: str = "") -> str:
    """Return one run a looked-at environment; empty when nothing was looked at.

    A run without results tells that all is well now, so an environment that nothing has looked at
    has none. *folder* is the working directory as seen from the root of the repository.
    """
    found = findings(report)
    names = _environments(report, found)
    if not names:
        return ""
    if len(names) > _RUNS:
        runs = [_run(report, "", tuple(_of_all(found)), folder)]
    else:
        runs = [_run(report, n, [f for f in found if f.environment == n], folder) for n in names]
    log: Json = {"$schema": SCHEMA, "version": "2.1.0", "runs": [*runs]}
    return json.dumps(log, indent=1) + "\n"


def _environments(report: Report, found: Sequence[Finding]) -> list[str]:
    looked_at = [row.environment for row in rows(report) if examined(row)]
    return list(dict.fromkeys((*looked_at, *(finding.environment for finding in found))))


def _of_all(found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield each finding once, whatever the number of environments."""
    yield from {finding.fingerprint: finding for finding in reversed(tuple(found))}.values()


def _run(report: Report, environment: str, found: Sequence[Finding], folder: str) -> Json:
    name = one_line(environment)
    return {
        "tool": {
            "driver": {
                "name": _TOOL,
                "semanticVersion": report.tool_version,
                "rules": [_rule(rule) for rule in RULES],
            }
        },
        "automationDetails": {"id": f"{_TOOL}/{name.replace('/', '_')}/" if name else f"{_TOOL}/"},
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, report, folder) for finding in found[:_RESULTS]],
        "properties": {"leftOut": max(0, len(found) - _RESULTS)},
    }


def _rule(rule: Rule) -> Json:
    markdown = (
        f"{rule.harm}\n\n**The way out:** {rule.way_out}\n\nInstead of\n\n"
        f"```{rule.language}\n{rule.bad}```\n\nwrite\n\n```{rule.language}\n{rule.good}```\n"
    )
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.harm},
        "help": {"text": f"{rule.harm} {rule.way_out}", "markdown": markdown},
        "defaultConfiguration": {"level": rule.level.value},
        "properties": {
            "tags": ["migrations", "alembic"],
            "precision": "very-high",
            "problem.severity": _SEVERITY[rule.level],
        },
    }


def _result(finding: Finding, report: Report, folder: str) -> Json:
    place = location(finding, report, folder)
    where = whereabouts(finding)
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": _INDEX[finding.rule.id],
        "level": finding.level.value,
        "message": {"text": _plain(f"{where}: {finding.message}" if where else finding.message)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": place.uri},
                    "region": {"startLine": place.line},
                }
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.fingerprint}:1"},
        "properties": {"revision": one_line(finding.revision)},
    }


def _plain(text: str) -> str:
    """Keep a name such as ``[a](b)`` from becoming a link (SARIF 2.1.0, section 3.11.6)."""
    return _LINK.sub(r"\\[\1\\](", visible(text))


def _invocation(report: Report) -> Json:
    """Say how the run went: what failed and is no finding would otherwise be lost."""
    accidents = [failure for failure in failures(report) if not failure.code]
    return {
        "executionSuccessful": not accidents,
        "exitCode": report.exit_code,
        "startTimeUtc": report.started_at.replace("+00:00", "Z"),
        "toolExecutionNotifications": [
            {
                "level": "error",
                "descriptor": {"id": one_line(failure.problem.failure_class)},
                "message": {"text": _sentence(failure.where, failure.problem.problem)},
            }
            for failure in accidents[:_NOTIFICATIONS]
        ],
    }


def _sentence(where: Sequence[str], problem: str) -> str:
    names = listed([one_line(name) for name in where], "database")
    return f"{names}: {one_line(problem)}" if names else one_line(problem)
