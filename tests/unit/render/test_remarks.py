from alembic_ci.render.remarks import errors, notices, warnings
from reports import (
    all_passed,
    data_loss,
    data_loss_refused,
    residue,
    round_trip,
    unfilled,
    unreachable,
    unrendered,
)


def test_each_failure_stands_at_its_line() -> None:
    first, second, _ = errors(residue())

    assert (first.file, first.line) == ("migrations/versions/b2d1_add_email.py", 12)
    assert first.title == "staging, rollback-test, revision b2d1"
    assert first.message.splitlines()[:2] == [
        "The downgrade of b2d1 does not restore the schema.",
        "- column customer.email is left behind",
    ]
    assert '42704: UndefinedObject: index "ix_order_dya" does not exist' in second.message


def test_a_failure_without_a_file_has_no_place() -> None:
    (only,) = errors(unreachable())

    assert only.file is None
    assert only.line is None


def test_notes_are_no_errors() -> None:
    assert errors(unrendered()) == ()
    assert [note.line for note in notices(unrendered())] == [21]
    assert notices(all_passed()) == ()
    assert warnings(unrendered()) == ()


def test_a_loss_that_fails_nothing_is_a_warning_at_its_revision() -> None:
    first, _ = warnings(data_loss())

    assert errors(data_loss()) == ()
    assert (first.file, first.line) == ("migrations/versions/c3e2_index_orders_by_day.py", 12)
    assert first.message.splitlines()[:2] == [
        "Revision c3e2 loses data.",
        "- this downgrade loses the values of `orders.note` (3 of 3 rows)",
    ]


def test_a_loss_that_fails_the_test_is_an_error() -> None:
    assert warnings(data_loss_refused()) == ()
    assert len(errors(data_loss_refused())) == 2


def test_a_failed_leg_is_named_in_the_title() -> None:
    (only,) = errors(round_trip())

    assert only.title == "staging, rollback-test, downgrade in one go"


def test_tables_without_rows_are_named_in_one_warning() -> None:
    (only,) = warnings(unfilled())

    assert only.file is None
    assert "- table `area`: no value is known for the type geometry" in only.message
