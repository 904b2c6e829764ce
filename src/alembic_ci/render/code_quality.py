"""Findings as a GitLab code quality report.

The format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import json
from collections.abc import Sequence

from alembic_ci.model import Report
from alembic_ci.render.findings import Finding, examined, findings
from alembic_ci.render.json_report import Json
from alembic_ci.render.locations import location, whereabouts
from alembic_ci.render.rows import rows
from alembic_ci.render.words import listed, visible
from alembic_ci.rules import Level

_SEVERITY = {Level.ERROR: "critical", Level.WARNING: "major", Level.NOTE: "info"}


def code_quality(report: Report, folder: str = "") -> str:
    """Return a JSON array with one object a finding; environments that share it share the object.

    GitLab takes objects with one fingerprint for one. Where nothing was looked at the text is
    empty, for an empty array would tell that what was found before is mended. *folder* is the
    working directory as seen from the root of the repository.
    """
    found = findings(report)
    if not found and not any(map(examined, rows(report))):
        return ""
    grouped: dict[str, list[Finding]] = {}
    for finding in found:
        grouped.setdefault(finding.fingerprint, []).append(finding)
    return json.dumps([_issue(same, report, folder) for same in grouped.values()], indent=1) + "\n"


def _issue(same: Sequence[Finding], report: Report, folder: str) -> Json:
    first = same[0]
    place = location(first, report, folder)
    where = listed([whereabouts(finding) for finding in same], "environment")
    said = " ".join(visible(first.message).split("\n"))
    return {
        "description": f"{where}: {said}" if where else said,
        "check_name": first.rule.id,
        "fingerprint": first.fingerprint,
        "severity": _SEVERITY[first.level],
        "location": {"path": visible(place.path), "lines": {"begin": place.line}},
    }
