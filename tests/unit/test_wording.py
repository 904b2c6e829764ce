import pytest

from alembic_ci.delta import Change, Delta, ObjectKey, Snapshot
from alembic_ci.model import Phase
from alembic_ci.wording import residue

TABLE = ObjectKey("table", "", "users")
EMAIL = ObjectKey("column", "users", "email")
NAME = ObjectKey("column", "users", "name")
INDEX = ObjectKey("index", "users", "ix_users_email")
FOREIGN_KEY = ObjectKey("foreign key", "orders", "fk_x")
VIEW = ObjectKey("view", "", "totals")


def texts(before: Snapshot, after: Snapshot, phase: Phase = Phase.DOWN) -> list[str]:
    differences, notices = residue(Delta.between(before, after), phase)
    assert not notices
    return [difference.text for difference in differences]


def notices(before: Snapshot, after: Snapshot) -> list[str]:
    differences, found = residue(Delta.between(before, after), Phase.DOWN)
    assert not differences
    return [notice.text for notice in found]


def column(kind: str, nullable: str = "NULL", **more: str) -> dict[str, str]:
    return {"type": kind, "nullable": nullable, **more}


def test_nothing_changed_says_nothing() -> None:
    assert residue(Delta({}), Phase.DOWN) == ((), ())


def test_something_new_is_left_behind() -> None:
    enum = ObjectKey("enum type", "", "order_status")

    assert texts({}, {enum: {"labels": "a, b"}}) == [
        "downgrade leaves enum type `order_status` behind"
    ]


def test_something_missing_was_taken() -> None:
    assert texts({INDEX: {"columns": "email"}}, {}) == [
        "downgrade ends without index `ix_users_email` of table `users`, which was there before"
    ]


def test_a_unique_index_is_called_so() -> None:
    assert texts({}, {INDEX: {"columns": "email", "unique": "yes"}}) == [
        "downgrade leaves unique index `ix_users_email` of table `users` behind"
    ]


def test_a_column_is_shown_with_type_and_nullability() -> None:
    before = {EMAIL: column("VARCHAR(100)", "NOT NULL")}
    after = {EMAIL: column("VARCHAR(255)")}

    assert texts(before, after) == [
        (
            "downgrade brings back column `users.email` as `VARCHAR(255) NULL`,"
            " it was `VARCHAR(100) NOT NULL`"
        )
    ]


def test_the_other_attributes_of_a_column_follow_its_type() -> None:
    before = {EMAIL: column("INT", default="1", comment="x")}
    after = {EMAIL: column("BIGINT", default="2", comment="x")}

    assert texts(before, after) == [
        (
            "downgrade brings back column `users.email` as `BIGINT NULL`, it was `INT NULL`;"
            " default is `2`, was `1`"
        )
    ]


def test_a_column_of_the_same_type_shows_only_what_changed() -> None:
    before = {EMAIL: column("INT")}
    after = {EMAIL: column("INT", default="0")}

    assert texts(before, after) == [
        "downgrade changes column `users.email`: default is `0`, was none"
    ]


def test_other_objects_list_the_attributes_that_changed() -> None:
    before = {FOREIGN_KEY: {"on delete": "CASCADE", "on update": "CASCADE", "columns": "a"}}
    after = {FOREIGN_KEY: {"on delete": "NO ACTION", "on update": "SET NULL", "columns": "a"}}

    assert texts(before, after) == [
        (
            "downgrade changes foreign key `fk_x` of table `orders`:"
            " on delete is `NO ACTION`, was `CASCADE`, on update is `SET NULL`, was `CASCADE`"
        )
    ]


def test_a_long_definition_is_cut_around_the_first_difference() -> None:
    start = "select " + ", ".join(f"column_{i}" for i in range(30))
    before = {VIEW: {"definition": f"{start} from users where active"}}
    after = {VIEW: {"definition": f"{start} from users"}}

    assert texts(before, after) == [
        (
            "downgrade changes view `totals`: definition differs: `... column_29 from users`,"
            " was `... column_29 from users where active`"
        )
    ]


def test_a_table_left_behind_speaks_for_its_parts() -> None:
    whole = {TABLE: {}, EMAIL: column("TEXT"), INDEX: {"columns": "email"}}

    assert texts({}, whole) == ["downgrade leaves table `users` behind"]


def test_a_table_that_vanished_speaks_for_its_parts() -> None:
    whole = {TABLE: {}, EMAIL: column("TEXT"), INDEX: {"columns": "email"}}

    assert texts(whole, {}) == ["downgrade ends without table `users`, which was there before"]


def test_a_part_of_a_table_that_stays_is_told() -> None:
    before = {TABLE: {"engine": "InnoDB"}, EMAIL: column("TEXT")}

    assert texts(before, {TABLE: {"engine": "MyISAM"}}) == [
        "downgrade changes table `users`: engine is `MyISAM`, was `InnoDB`",
        "downgrade ends without column `users.email`, which was there before",
    ]


def test_a_key_under_another_name_is_one_difference() -> None:
    renamed = INDEX._replace(name="ix_email")

    assert texts({INDEX: {"columns": "email"}}, {renamed: {"columns": "email"}}) == [
        "downgrade brings back index `ix_users_email` of table `users` under the name `ix_email`"
    ]


def test_an_unnamed_constraint_that_has_a_name_now_is_a_difference() -> None:
    unnamed = ObjectKey("unique constraint", "users", "(email)")
    named = unnamed._replace(name="uq_users_email")

    assert texts({unnamed: {"columns": "email"}}, {named: {"columns": "email"}}) == [
        (
            "downgrade brings back unique constraint `(email)` of table `users`"
            " under the name `uq_users_email`"
        )
    ]


def test_columns_that_swapped_places_are_one_notice() -> None:
    before = {EMAIL: column("TEXT", position="2"), NAME: column("TEXT", position="3")}
    after = {EMAIL: column("TEXT", position="3"), NAME: column("TEXT", position="2")}

    assert notices(before, after) == [
        "downgrade brings back the columns of table `users` in another order: `name`, `email`"
    ]


def test_columns_that_only_moved_up_are_not_told() -> None:
    taken = ObjectKey("column", "users", "age")
    before = {
        taken: column("INT", position="1"),
        EMAIL: column("TEXT", position="2"),
        NAME: column("TEXT", position="3"),
    }
    after = {EMAIL: column("TEXT", position="1"), NAME: column("TEXT", position="2")}

    assert texts(before, after) == [
        "downgrade ends without column `users.age`, which was there before"
    ]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ({}, {VIEW: {}}, "second upgrade ends with view `totals`, which was not there after"),
        ({VIEW: {}}, {}, "second upgrade ends without view `totals`, which was there after"),
        ({VIEW: {"a": "1"}}, {VIEW: {"a": "2"}}, "second upgrade makes view `totals` differently"),
        (
            {EMAIL: column("INT")},
            {EMAIL: column("BIGINT")},
            "second upgrade makes column `users.email` as `BIGINT NULL`, the first made it as",
        ),
    ],
)
def test_the_second_upgrade_is_compared_with_the_first(
    before: Snapshot, after: Snapshot, text: str
) -> None:
    (found,) = texts(before, after, Phase.SECOND_UP)

    assert found.startswith(text)


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_its_words(phase: Phase) -> None:
    renamed = INDEX._replace(name="ix_email")
    before = {EMAIL: column("INT", position="1"), NAME: column("INT", position="2"), INDEX: {}}
    after = {EMAIL: column("TEXT", position="2"), NAME: column("INT", position="1"), renamed: {}}

    differences, found = residue(Delta.between(before, after), phase)

    assert len(differences) == 2
    assert len(found) == 1
    assert not [item for item in (*differences, *found) if "{" in item.text]


def test_the_object_has_a_stable_name() -> None:
    differences, _ = residue(Delta({EMAIL: Change(None, column("INT"))}), Phase.DOWN)

    assert [difference.object for difference in differences] == ["column users.email"]


def test_a_trigger_fires_on_its_table() -> None:
    trigger = ObjectKey("trigger", "users", "audit")

    assert texts({}, {trigger: {}}) == ["downgrade leaves trigger `audit` on `users` behind"]


def test_the_primary_key_needs_no_name() -> None:
    key = ObjectKey("primary key", "users", "PRIMARY")

    assert texts({key: {"columns": "id"}}, {}) == [
        "downgrade ends without primary key of table `users`, which was there before"
    ]


def test_backticks_of_the_server_do_not_end_the_code() -> None:
    check = ObjectKey("check constraint", "users", "(`age` > 1)")

    assert texts({}, {check: {}}) == [
        "downgrade leaves check constraint `(age > 1)` of table `users` behind"
    ]


def test_the_order_does_not_depend_on_the_delta() -> None:
    keys = [ObjectKey("column", table, name) for table in "ab" for name in "xyz"]
    forward = Delta({key: Change(None, column("INT")) for key in keys})
    backward = Delta({key: Change(None, column("INT")) for key in reversed(keys)})

    assert residue(forward, Phase.DOWN) == residue(backward, Phase.DOWN)
    assert [difference.object for difference in residue(forward, Phase.DOWN)[0]] == [
        f"column {table}.{name}" for table in "ab" for name in "xyz"
    ]


def sides(before: Snapshot, after: Snapshot) -> list[tuple[str, str]]:
    differences, _ = residue(Delta.between(before, after), Phase.DOWN)
    return [(difference.before, difference.after) for difference in differences]


def test_both_states_of_an_object_stand_side_by_side() -> None:
    was = {EMAIL: column("VARCHAR(100)", "NOT NULL", collation="C", position="2")}
    now = {EMAIL: column("VARCHAR(255)", "NOT NULL", collation="C", position="3")}

    assert sides(was, now) == [("type: VARCHAR(100)", "type: VARCHAR(255)")]
    assert sides({}, {INDEX: {"columns": "email", "unique": "no"}}) == [
        ("", "columns: email\nunique: no")
    ]


def test_a_renamed_object_stands_beside_its_new_name() -> None:
    other = ObjectKey("index", "users", "ix_other")

    assert sides({INDEX: {"columns": "email"}}, {other: {"columns": "email"}}) == [
        ("name: ix_users_email", "name: ix_other")
    ]


def test_a_very_long_state_is_cut() -> None:
    ((before, after),) = sides({}, {VIEW: {"definition": "x" * 9_000}})

    assert before == ""
    assert len(after) < 2_010
