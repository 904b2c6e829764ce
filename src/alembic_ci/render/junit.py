"""The report as JUnit XML: a test case for each environment, step and revision.

No standard describes it; this is what GitLab, Jenkins, Azure DevOps, CircleCI and Bitbucket read in
common. GitLab drops cases that share a name, so each name begins with its database.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape

from alembic_ci.model import Report, State
from alembic_ci.render.junit_cases import Case, Ending, accident, cases
from alembic_ci.render.rows import rows
from alembic_ci.render.words import one_line, visible

_TOOL = "alembic-ci"
# GitLab reads files below 30 MB; past so many cases those that passed are left out.
_CASES = 20_000
_NOT_XML = re.compile("[\ufffe\uffff]")


def junit(report: Report) -> str:
    """Return the XML document; a suite for each database, and one for the run where it failed."""
    suites = list(_suites(report))
    if sum(len(found) for _, found in suites) > _CASES:
        suites = _without_most_passed(suites)
    body = "".join(_suite(name, found, report.started_at) for name, found in suites)
    total = [case for _, found in suites for case in found]
    attributes = f'name="{_TOOL}" {_counts(total)} time="{report.duration:.3f}"'
    opening = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{opening}<testsuites {attributes}>\n{body}</testsuites>\n"


def _suites(report: Report) -> Iterator[tuple[str, list[Case]]]:
    known = {info.revision: info for info in report.revisions}
    found = rows(report)
    if report.problem:
        yield _TOOL, [accident("run", f"{_TOOL} {report.command}", report.problem)]
    elif not found:
        passed = Ending.PASSED if report.state is State.PASSED else Ending.ERROR
        yield _TOOL, [Case(group="run", name=f"{_TOOL} {report.command}", ending=passed)]
    for row in found:
        yield row.name, list(cases(row, known))


def _without_most_passed(suites: Sequence[tuple[str, list[Case]]]) -> list[tuple[str, list[Case]]]:
    left = _CASES
    kept = []
    for name, found in suites:
        telling = [c for c in found if c.ending is not Ending.PASSED or c.output][:left]
        left -= len(telling)
        kept.append((name, telling))
    return kept


def _suite(name: str, found: Sequence[Case], started_at: str) -> str:
    shown = _attribute(name)
    time = sum(case.time for case in found if case.name == f"{name}: {case.group}")
    attributes = f'{_counts(found)} time="{time:.3f}" timestamp="{_attribute(started_at)}"'
    body = "".join(_case(name, case) for case in found)
    return f'  <testsuite name="{shown}" {attributes}>\n{body}  </testsuite>\n'


def _counts(found: Sequence[Case]) -> str:
    endings = [case.ending for case in found]
    return " ".join(
        f'{name}="{number}"'
        for name, number in (
            ("tests", len(found)),
            ("failures", endings.count(Ending.FAILURE)),
            ("errors", endings.count(Ending.ERROR)),
            ("skipped", endings.count(Ending.SKIPPED)),
        )
    )


def _case(suite: str, case: Case) -> str:
    group = f"{_TOOL}.{suite.replace('.', '_')}.{case.group}"
    file = f' file="{_attribute(case.file)}"' if case.file else ""
    attributes = (
        f'classname="{_attribute(group)}" name="{_attribute(case.name)}"{file} '
        f'time="{case.time:.3f}"'
    )
    body = f"{_ending(case)}{_output(case)}"
    if not body:
        return f"    <testcase {attributes}/>\n"
    return f"    <testcase {attributes}>\n{body}    </testcase>\n"


def _ending(case: Case) -> str:
    if case.ending is Ending.PASSED:
        return ""
    message = f'message="{_attribute(case.message)}"'
    if case.ending is Ending.SKIPPED:
        return f"      <skipped {message}/>\n"
    text = _text("\n".join(filter(None, (case.message, case.text))))
    return f"      <{case.ending.value} {message}>{text}</{case.ending.value}>\n"


def _output(case: Case) -> str:
    return f"      <system-out>{_text(case.output)}</system-out>\n" if case.output else ""


def _attribute(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", one_line(text)))


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", visible(text)), quote=False)
