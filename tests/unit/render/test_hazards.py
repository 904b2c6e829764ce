from dataclasses import replace

from alembic_ci.model import Difference, Direction, Narrowing, Report, Risk, Statement
from alembic_ci.render.hazards import effect, hazards, tally
from alembic_ci.render.remarks import warnings
from alembic_ci.render.rows import rows
from alembic_ci.statements import Script, Text, listed
from alembic_ci.urls import Dialect
from reports import (
    all_passed,
    database,
    environment,
    hazardous,
    passes,
    proved,
    report,
    sql,
    status,
    step,
)


def _rendered(*texts: str) -> Report:
    """Return a run that only rendered SQL."""
    scripts = [
        Script(revision="b2d1", direction=direction, texts=(Text(sql=text),))
        for direction in Direction
        for text in texts
    ]
    rendered = replace(sql("staging", ("b2d1",)), statements=listed(scripts, Dialect.POSTGRESQL))
    return report(environment("staging", database(step("sql", rendered), after=status("a1c0"))))


def test_statements_of_the_upgrade_are_counted_by_what_they_do() -> None:
    statements = rows(hazardous())[0].statements

    assert tally(statements) == "5 statements, 4 lock, 1 rewrites, 1 destroys"
    assert len(hazards(statements)) == 4


def test_the_effect_of_a_statement_says_what_waits_and_how_long() -> None:
    column, index, rewritten, dropped = hazards(rows(hazardous())[0].statements)

    assert effect(column) == "blocks reads and writes of orders, briefly"
    assert effect(index) == "blocks writes of orders while it is read from end to end"
    assert effect(rewritten) == "rewrites orders; blocks reads and writes of orders"
    assert effect(dropped).startswith("destroys the values of orders.status; blocks")


def test_the_risk_of_a_database_is_the_worst_that_its_upgrade_does() -> None:
    assert rows(hazardous())[0].risk is Risk.DESTROYS
    assert rows(_rendered("CREATE INDEX ix ON orders (day)"))[0].risk is Risk.LOCKS_WRITES
    assert rows(_rendered("CREATE TABLE new (id int)"))[0].risk is Risk.NONE
    assert rows(all_passed())[0].risk is not Risk.DESTROYS


def test_a_database_whose_statements_nobody_knows_has_no_risk() -> None:
    unknown = report(environment("staging", database(after=status("a1c0"))))

    assert rows(unknown)[0].risk is None


def test_each_revision_that_rewrites_or_destroys_is_warned_of_once_at_its_line() -> None:
    remarks = warnings(hazardous())

    assert [(remark.file, remark.line) for remark in remarks] == [
        ("migrations/versions/c3e2.py", 15),
        ("migrations/versions/d4f3.py", 14),
    ]
    assert "rewrites orders" in remarks[0].message
    assert "destroys the values of orders.status" in remarks[1].message


def test_a_loss_that_the_rows_showed_is_not_told_again() -> None:
    told = hazardous()
    (place,) = told.environments
    sql_step, proof_step = place.databases[0].steps
    result = rows(told)[0].rollback
    assert result is not None
    lossy = tuple(
        replace(proof, losses=(Difference(text="lost", object="column"),))
        for proof in result.proofs
    )
    tested = replace(proof_step, result=replace(result, proofs=lossy))
    again = replace(place, databases=(replace(place.databases[0], steps=(sql_step, tested)),))

    remarks = warnings(replace(told, environments=(again,)))

    assert not [remark for remark in remarks if "destroys data" in remark.message]


def test_the_way_back_is_no_hazard() -> None:
    told = _rendered("DROP TABLE orders")

    assert {item.direction for item in hazards(rows(told)[0].statements)} == {Direction.UP}
    assert len(rows(told)[0].statements) == 2


def test_a_narrower_column_is_told_unless_rows_have_lost_its_values() -> None:
    harm = "longer values are cut or refused"
    column = Narrowing(column="orders.note", before="varchar(100)", after="varchar(10)", harm=harm)
    narrow = Statement(revision="b2d1", direction=Direction.UP, text="ALTER", narrows=(column,))
    unseen = replace(proved(*passes("b2d1")), statements=(narrow,))
    loss = Difference(text="upgrade loses the values", object="column orders.note")
    seen = replace(unseen, proofs=(replace(unseen.proofs[0], losses=(loss,)),))

    told, retold = (
        [remark.message for remark in warnings(report(environment("staging", tested)))]
        for tested in (
            database(step("rollback-test", result), after=status("a1c0"))
            for result in (unseen, seen)
        )
    )

    assert told[0].startswith("Revision b2d1 narrows a column")
    assert f"narrows orders.note from varchar(100) to varchar(10): {harm}" in told[0]
    assert not any("narrows" in message for message in retold)
