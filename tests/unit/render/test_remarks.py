from alembic_ci.render.remarks import errors, notices
from reports import all_passed, residue, unreachable, unrendered


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
