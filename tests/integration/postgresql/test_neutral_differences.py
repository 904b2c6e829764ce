"""What differs between two databases and does not matter is not a difference."""

from collections.abc import Callable

import pytest

from alembic_ci.delta import Delta
from integration.postgresql.session import Session

pytestmark = pytest.mark.postgresql

Changes = Callable[[str, str], list[str]]


@pytest.fixture
def changes(session: Session) -> Changes:
    """Return the names of what differs when the schema public is made one way and another."""

    def compared(one: str, other: str) -> list[str]:
        session.start(one)
        before = session.read()
        session.run("drop schema public cascade; create schema public")
        session.run(other)
        session.connection.commit()
        found = {str(key) for key in Delta.between(before, session.read()).changes}
        return sorted(found - {"schema public"})

    return compared


TABLES = (
    "create table a (id serial primary key, b text unique); create table c (a int references a)"
)


def test_made_again_is_the_same(changes: Changes) -> None:
    assert changes(TABLES, TABLES) == []


def test_order_of_creation_is_neutral(changes: Changes) -> None:
    one = "create table a (x int); create table b (y int); create index i on a (x)"
    other = "create table b (y int); create table a (x int); create index i on a (x)"

    assert changes(one, other) == []


def test_order_of_constraints_and_indexes_is_neutral(changes: Changes) -> None:
    table = "create table a (x int, y int);"
    one = "create index i on a (x); create index j on a (y); alter table a add check (x > 0)"
    other = "alter table a add check (x > 0); create index j on a (y); create index i on a (x)"

    assert changes(table + one, table + other) == []


def test_dropped_columns_leave_no_gap(changes: Changes) -> None:
    assert changes(
        "create table a (x int, y int)",
        "create table a (x int, gone int); alter table a drop gone; alter table a add y int",
    ) == []  # fmt: skip


def test_number_of_an_automatic_index_name_is_neutral(changes: Changes) -> None:
    table = "create table a (x int);"

    assert changes(
        f"{table} create index on a (x)",
        f"{table} create table a_x_idx (); create index on a (x); drop table a_x_idx",
    ) == []  # fmt: skip


def test_number_of_an_automatic_constraint_name_is_neutral(changes: Changes) -> None:
    table = "create table p (id int primary key); create table a (x int);"
    unnamed = "alter table a add unique (x); alter table a add foreign key (x) references p"
    taken = """create table a_x_key (); alter table a add constraint a_x_fkey check (true);
 alter table a add unique (x); alter table a add foreign key (x) references p;
 alter table a drop constraint a_x_fkey; drop table a_x_key"""

    assert changes(table + unnamed, table + taken) == []


def test_automatic_names_of_checks_are_neutral(changes: Changes) -> None:
    assert changes(
        "create table a (x int check (x > 0) check (x < 9))",
        "create table a (x int check (x < 9) check (x > 0))",
    ) == []  # fmt: skip


def test_number_of_a_serial_sequence_is_neutral(changes: Changes) -> None:
    assert changes(
        "create table a (id serial)",
        "create table a_id_seq (); create table a (id serial); drop table a_id_seq",
    ) == []  # fmt: skip


def test_name_of_an_identity_sequence_is_neutral(changes: Changes) -> None:
    identity = "(id int generated always as identity)"

    assert changes(
        f"create table a {identity}", f"create table b {identity}; alter table b rename to a"
    ) == []  # fmt: skip


def test_name_that_a_person_chose_matters(changes: Changes) -> None:
    table = "create table a (x int);"

    assert changes(f"{table} create index one on a (x)", f"{table} create index two on a (x)") == [
        "index a.one",
        "index a.two",
    ]


def test_statistics_and_rows_are_neutral(changes: Changes) -> None:
    filled = "insert into a (b) values ('x'); analyze a; select nextval('a_id_seq')"

    assert changes(TABLES, f"{TABLES}; {filled}") == []


def test_grant_and_its_revoke_are_neutral(changes: Changes) -> None:
    granted = "grant select on a to public; revoke select on a from public"

    assert changes(TABLES, f"{TABLES}; {granted}") == []


def test_order_of_options_and_grants_is_neutral(changes: Changes) -> None:
    one = """create table a (x int) with (fillfactor = 50, parallel_workers = 2);
 grant select on a to pg_monitor; grant select on a to public"""
    other = """create table a (x int) with (parallel_workers = 2, fillfactor = 50);
 grant select on a to public; grant select on a to pg_monitor"""

    assert changes(one, other) == []


def test_statistics_of_enum_order_is_neutral(changes: Changes) -> None:
    assert changes(
        "create type e as enum ('a', 'b', 'c')",
        "create type e as enum ('a', 'c'); alter type e add value 'b' before 'c'",
    ) == []  # fmt: skip


def test_alembic_s_own_table_is_left_out(session: Session) -> None:
    session.start()

    delta = session.step(
        "create table alembic_version (version_num varchar(32) primary key);"
        "comment on column alembic_version.version_num is 'x'; create index on alembic_version"
        " (version_num); grant select on alembic_version to public"
    )

    assert delta == Delta({})


def test_what_an_extension_owns_is_left_out(session: Session) -> None:
    session.start()

    delta = session.step("create extension pg_stat_statements")

    assert [str(key) for key in delta.changes] == ["extension pg_stat_statements"]
