import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import get_type_hints

import pytest
from jsonschema import Draft202012Validator

from alembic_ci import model
from alembic_ci.render.json_report import SCHEMA, SCHEMA_PATH, _written, json_report
from reports import SAMPLES, all_passed, many, residue

DOCUMENT = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(DOCUMENT)
DESCRIBED = {
    "problem": model.Problem,
    "revision": model.RevisionInfo,
    "difference": model.Difference,
    "status": model.StatusResult,
    "rendered_revision": model.RenderedRevision,
    "sql": model.SqlResult,
    "statement": model.Statement,
    "lock": model.Lock,
    "proof": model.RevisionProof,
    "round_trip": model.RoundTrip,
    "rollback": model.RollbackResult,
    "change": model.ChangeResult,
    "command": model.Command,
    "planned_downgrade": model.PlannedDowngrade,
    "downgrade_plan": model.DowngradePlan,
    "placed_statement": model.PlacedStatement,
    "recovery": model.Recovery,
    "half_applied": model.HalfApplied,
    "diagnosis": model.DiagnosisResult,
    "text": model.TextResult,
    "step": model.StepReport,
    "database": model.DatabaseReport,
    "environment": model.EnvironmentReport,
    "project": model.ProjectInfo,
}


def test_the_schema_is_valid_json_schema() -> None:
    Draft202012Validator.check_schema(DOCUMENT)

    assert DOCUMENT["properties"]["schema"]["const"] == SCHEMA


@pytest.mark.parametrize("name", SAMPLES)
def test_report_is_the_golden_one_and_keeps_to_the_schema(
    name: str, golden: Callable[[str, str], None]
) -> None:
    text = json_report(SAMPLES[name]())

    golden(f"{name}.json", text)
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(text))] == []


@pytest.mark.parametrize("name", DESCRIBED)
def test_the_schema_names_every_field_of_the_model_and_no_other(name: str) -> None:
    described = DOCUMENT["$defs"][name]
    derived = {"kind", "state", "up_to_date", "risk"} - set(get_type_hints(DESCRIBED[name]))

    assert described["additionalProperties"] is False
    assert set(described["required"]) == set(described["properties"])
    assert set(described["properties"]) - derived == {f.name for f in fields(DESCRIBED[name])}


@pytest.mark.parametrize("name", ["Verdict", "State", "Direction", "Risk", "Blocks"])
def test_the_schema_knows_every_word(name: str) -> None:
    words = getattr(model, name)
    lists = {
        "Verdict": DOCUMENT["$defs"]["proof"]["properties"]["verdict"]["enum"],
        "State": DOCUMENT["$defs"]["state"]["enum"],
        "Direction": DOCUMENT["$defs"]["direction"]["enum"],
        "Risk": DOCUMENT["$defs"]["statement"]["properties"]["risk"]["enum"],
        "Blocks": DOCUMENT["$defs"]["lock"]["properties"]["blocks"]["enum"],
    }

    assert lists[name] == [word.value for word in words]


def test_a_file_name_that_is_no_utf_8_still_makes_valid_json() -> None:
    report = replace(all_passed(), command="\udcff")

    assert json.loads(json_report(report).encode())["command"] == "\udcff"


def test_what_the_schema_does_not_name_is_refused() -> None:
    told = json.loads(json_report(residue()))
    told["environments"][0]["databases"][0]["password"] = "x"

    assert not VALIDATOR.is_valid(told)


def test_a_large_run_is_written_whole() -> None:
    told = json.loads(json_report(many(10, 200)))

    assert len(told["environments"][0]["databases"]) == 10
    assert len(told["environments"][0]["databases"][9]["steps"][1]["result"]["proofs"]) == 200


def test_it_is_laid_out_as_the_standard_library_does_it() -> None:
    text = json_report(many(2, 3))

    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_a_value_the_schema_cannot_hold_is_our_bug() -> None:
    with pytest.raises(TypeError, match="holds a PosixPath"):
        _written((Path("x"),), "\n")
