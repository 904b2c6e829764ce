from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from alembic_ci.errors import ExitCode
from alembic_ci.model import Report
from alembic_ci.render.junit import junit
from reports import SAMPLES, all_passed, many, report, residue, several_databases, unreachable


def read(sample: Report) -> ET.Element:
    return ET.fromstring(junit(sample).encode())


def by_name(root: ET.Element) -> dict[str, ET.Element]:
    return {case.attrib["name"]: case for case in root.iter("testcase")}


@pytest.mark.parametrize("name", SAMPLES)
def test_document_is_the_golden_one_and_adds_up(
    name: str, golden: Callable[[str, str], None]
) -> None:
    text = junit(SAMPLES[name]())

    golden(f"{name}.junit.xml", text)
    root = ET.fromstring(text.encode())
    for element in (root, *root.iter("testsuite")):
        assert int(element.attrib["tests"]) == len(list(element.iter("testcase")))
        for kind, attribute in (("failure", "failures"), ("error", "errors")):
            assert int(element.attrib[attribute]) == len(list(element.iter(kind)))
    if SAMPLES[name]().exit_code:
        assert list(root.iter("failure")) or list(root.iter("error"))


@pytest.mark.parametrize("name", SAMPLES)
def test_no_two_cases_share_a_name(name: str) -> None:
    cases = list(read(SAMPLES[name]()).iter("testcase"))

    assert len({case.attrib["name"] for case in cases}) == len(cases)


def test_a_failure_shows_what_the_database_said() -> None:
    case = by_name(read(residue()))["staging: c3e2 rolls back (Index orders by day)"]

    failure = case.find("failure")
    assert failure is not None
    assert "42704: UndefinedObject" in (failure.text or "")
    assert case.attrib["file"] == "migrations/versions/c3e2_index_orders_by_day.py"


def test_what_could_not_be_tested_is_skipped_with_its_reason() -> None:
    cases = by_name(read(residue()))

    assert skipped(cases["staging: upgrade"]) == "rollback-test failed"
    assert skipped(cases["staging: e5a4 rolls back"]) == (
        "e5a4: declared irreversible: the old values are gone"
    )
    assert skipped(cases["staging: f6b5 rolls back"]) == "f6b5: not run"


def skipped(case: ET.Element) -> str | None:
    element = case.find("skipped")
    return None if element is None else element.attrib["message"]


def test_what_keeps_us_from_testing_is_an_error_and_no_failure() -> None:
    assert read(unreachable()).attrib["errors"] == "1"
    assert read(several_databases()).attrib["failures"] == "2"


def test_a_run_without_a_database_has_a_case_too() -> None:
    failed = replace(report(), problem=next(unreachable().problems()), exit_code=5)

    assert read(report()).attrib["tests"] == "1"
    assert read(failed).attrib["errors"] == "1"
    assert read(replace(report(), exit_code=ExitCode.BUG)).attrib["errors"] == "1"


def test_names_that_xml_cannot_hold_still_make_xml() -> None:
    name = "a\ufffe\x00\udcff\x1b]]>\n<b>&"
    sample = replace(all_passed(), command=name, environments=())

    (case,) = read(sample).iter("testcase")
    assert case.attrib["name"] == "alembic-ci a\ufffd\\x00\\udcff\\x1b]]> <b>&"


def test_a_very_large_run_leaves_out_what_passed() -> None:
    root = read(many(3, 3_000))

    assert len(list(root.iter("testcase"))) < 100
