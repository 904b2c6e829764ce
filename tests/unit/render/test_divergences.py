from dataclasses import replace

import pytest

from alembic_ci.model import Divergence, Problem, SqlResult, StepReport
from alembic_ci.render.divergences import divergences
from reports import captured


def _problem(offline: str, runs: str) -> Problem:
    [found] = divergences(_step(Divergence(offline=offline, captured=runs, line=None)), {})
    return found.problem


def _evidence(offline: str, runs: str) -> tuple[str, ...]:
    return _problem(offline, runs).evidence


def _step(divergence: Divergence) -> StepReport:
    [database] = captured().environments[0].databases
    step = next(step for step in database.steps if isinstance(step.result, SqlResult))
    assert isinstance(step.result, SqlResult)
    first = replace(step.result.revisions[0], divergence=divergence)
    return replace(step, result=replace(step.result, revisions=(first,)))


def test_short_statements_are_shown_as_they_are() -> None:
    shown = _evidence("UPDATE pets\n  SET age = NULL", "")

    assert shown == ("offline: UPDATE pets SET age = NULL", "runs: no statement")


@pytest.mark.parametrize("indentation", ["    ", "\t"])
def test_of_long_statements_the_place_is_shown_where_they_part(indentation: str) -> None:
    columns = "".join(f"{indentation}column_{number} INTEGER,\n" for number in range(100))
    plain = columns.replace(indentation, "  ")

    offline, runs = _evidence(
        f"CREATE TABLE pets (\n{plain}  badge CHAR(32)\n)",
        f"CREATE TABLE pets (\n{columns}{indentation}badge UUID\n)",
    )

    assert offline.startswith("offline: … ")
    assert offline.endswith(" column_99 INTEGER, badge CHAR(32) )")
    assert runs.startswith("runs: … ")
    assert runs.endswith(" column_99 INTEGER, badge UUID )")


def test_another_definition_is_no_value_that_can_be_written_otherwise() -> None:
    values = _problem("INSERT INTO pets VALUES (NULL)", "INSERT INTO pets VALUES (1)")
    types = _problem("ALTER TABLE pets ADD badge CHAR(32)", "ALTER TABLE pets ADD badge UUID")

    assert "bindparams" in values.remedy
    assert "MariaDB" in types.remedy
