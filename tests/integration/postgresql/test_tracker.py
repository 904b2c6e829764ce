"""The tracker keeps up with whatever migrations do to their connection, and leaves no trace."""

from time import sleep

import pytest

from alembic_ci.database.postgresql import PostgreSQLTracker
from alembic_ci.delta import Delta, ObjectKey
from integration.postgresql.defects import SCHEMA
from integration.postgresql.session import Session

pytestmark = pytest.mark.postgresql

COUNTS_ARE_FLUSHED = 150000
COUNTS_ARE_KEPT = 1.1  # seconds
USERS = ObjectKey("table", "", "users")
ADDED_IN_VAIN = """do $$ begin alter table orders add x int; raise 'x';
 exception when others then null; end $$"""


@pytest.fixture
def started(session: Session) -> Session:
    session.start(SCHEMA)
    return session


def _names(delta: Delta) -> set[str]:
    return {str(key) for key in delta.changes}


def test_nothing_happened(started: Session) -> None:
    assert started.step("select 1") == Delta({})


def test_rows_are_not_schema(started: Session) -> None:
    assert started.step("insert into users (email) values ('a')") == Delta({})


def test_state_is_one_mapping_updated_in_place(started: Session) -> None:
    state = started.tracker.state

    started.step("drop table users cascade")

    assert USERS not in state


def test_resync_finds_nothing_that_advance_missed(started: Session) -> None:
    started.step("create table extra (id serial primary key)")

    assert started.tracker.resync() == Delta({})


def test_refused_step_is_undone(started: Session) -> None:
    before = started.read()
    started.run("drop table users cascade; create table extra (id int)")
    delta = started.tracker.advance()
    started.connection.rollback()

    started.tracker.undo(delta)

    assert started.tracker.state == before
    assert _names(started.step("create table extra (id int)")) == {"table extra", "column extra.id"}


def test_refused_step_is_undone_on_a_new_connection(started: Session) -> None:
    before = started.read()
    started.run("alter table users rename to people")
    delta = started.tracker.advance()
    started.reconnect()

    started.tracker.undo(delta)

    assert started.tracker.state == before
    assert _names(started.step("alter table users add x int")) == {"column users.x"}
    assert _names(started.step("alter table users drop x")) == {"column users.x"}


def test_earlier_delta_undone_leads_back_to_what_is_there(started: Session) -> None:
    first = started.step("create table one (id int)")
    started.step("create table two (id int)")
    started.run("drop table one")
    started.connection.commit()

    started.tracker.undo(first)

    assert started.step("select 1") == Delta({})
    assert started.tracker.state == started.read()


def test_failed_step_needs_no_call(started: Session) -> None:
    started.run("create table extra (id int)")
    started.connection.rollback()

    assert started.step("select 1") == Delta({})


def test_changes_between_two_steps_are_found(started: Session) -> None:
    started.connection.autocommit = True
    started.run("alter type order_status add value 'lost'")
    started.run("create index concurrently by_name on users (name)")
    started.connection.autocommit = False

    assert _names(started.step("create table extra ()")) == {
        "enum type order_status",
        "index users.by_name",
        "table extra",
    }


def test_changes_of_another_session_are_found_after_reconnecting(started: Session) -> None:
    started.reconnect()
    started.run("drop view adults")
    started.connection.commit()
    started.reconnect()

    assert "view adults" in _names(started.step("select 1"))


@pytest.mark.parametrize(
    "setting",
    [
        "set search_path = pg_catalog",
        "set local search_path = pg_catalog",
        "set role pg_monitor",
        "set datestyle = 'SQL, DMY'",
        "set quote_all_identifiers = on",
        "set time zone 'Asia/Tokyo'",
        "set standard_conforming_strings = off",
        "set local statement_timeout = '9s'",
    ],
)
def test_settings_of_the_migration_change_nothing_and_survive(
    started: Session, setting: str
) -> None:
    values = "select name, setting from pg_settings union all select 'role', current_user"
    session_s = "select name, setting from pg_settings where source = 'session'"
    started.run("create table public.extra (id serial, at timestamptz default '2020-01-01 00:00Z')")
    started.run(setting)
    before = started.query(values)

    started.tracker.advance()
    after = started.query(values)
    started.connection.commit()
    lasting = started.query(session_s)

    assert after == before
    assert len(lasting) == (0 if "local" in setting or "role" in setting else 1)
    started.run("reset all; reset role")
    assert started.tracker.state == started.read()


def test_function_that_is_gone_is_made_again(started: Session) -> None:
    started.step("create table one (id int)")
    started.connection.autocommit = True
    started.run("discard all")
    started.connection.autocommit = False

    assert _names(started.step("create table two (a int)")) == {"table two", "column two.a"}


def test_what_was_never_described_before_is_described_after_the_commit(started: Session) -> None:
    started.step("create table a (id integer)")
    started.run("create type mood as enum ('sad')")
    ((following,),) = started.query(started.tracker.question)
    seen = started.query(str(following))
    started.connection.commit()
    delta = started.tracker.advance(seen)
    assert [key.name for key in delta.changes] == ["mood"]


def test_nothing_of_the_tracker_is_left_in_the_session(started: Session) -> None:
    ask = "select name, setting from pg_settings order by name"
    before = started.query(ask)

    started.step("create table extra (id int)")
    started.tracker.resync()

    assert started.query(ask) == before


def test_several_steps_in_one_transaction(started: Session) -> None:
    started.run("create table one (id int)")
    one = started.tracker.advance()
    started.run("create table two (id int); drop table one")
    two = started.tracker.advance()

    assert _names(one) == {"table one", "column one.id"}
    assert _names(two) == _names(one) | {"table two", "column two.id"}


def test_version_table_may_have_another_name_and_schema(session: Session) -> None:
    session.tracker = PostgreSQLTracker(session.query, "versions", "audit")
    session.start("create schema audit")

    delta = session.step(
        "create table audit.versions (id int primary key); create table versions (id int)"
    )

    assert _names(delta) == {"table versions", "column versions.id"}


def test_counting_turned_off_is_noticed(started: Session) -> None:
    started.run("set track_counts = off")
    started.connection.commit()

    assert _names(started.step("create table extra ()")) == {"table extra"}


def test_names_outside_public_are_qualified_whatever_the_search_path(started: Session) -> None:
    delta = started.step(
        "create schema crm; set search_path = crm; create table leads (id int);"
        "create index on leads (id)"
    )

    assert {"table crm.leads", "index crm.leads.leads_id_idx"} <= _names(delta)


@pytest.mark.parametrize(
    "step",
    [
        "create table extra (id serial, user_id int references users, note text, check (id > 0))",
        "create table extra (id int check (id > 0)); alter table extra add check (id < 9)",
        "create table extra (id int primary key, parent int references extra)",
        "alter table orders add rank int not null default 3, add note text default 'x'",
        "alter table orders add rank int default 3; alter table orders alter rank drop default",
        "alter table orders alter total type bigint",
        "alter table orders alter total set default 3; create table extra (id int)",
        "alter table orders alter total drop default; alter table orders add note text",
        "create view few as select * from orders",
        "alter table orders add note text; alter table orders set (fillfactor = 70)",
        f"{ADDED_IN_VAIN}; alter table users rename age to years",
        "alter table tagged alter tag type varchar(20)",
    ],
)
@pytest.mark.parametrize("grant", ["select", "select (name)"])
def test_grant_which_takes_no_lock_is_found_beside_changes_that_update_many_rows(
    started: Session, step: str, grant: str
) -> None:
    started.step("create table tagged (tag varchar(10) unique)")
    if started.connection.server_version < COUNTS_ARE_FLUSHED:
        sleep(COUNTS_ARE_KEPT)
        started.step("select 1")

    granted = started.step(f"{step}; grant {grant} on users to public")

    assert {"table users", "column users.name"} & _names(granted)
    assert started.tracker.resync() == Delta({})


def test_column_grant_is_found_beside_a_default_set_on_a_column_added_with_another(
    started: Session,
) -> None:
    started.step("alter table orders add rank int default 3")
    started.step("alter table orders alter rank drop default")

    granted = started.step(
        "alter table orders alter rank set default 4, add note int;"
        " grant select (name, age) on users to public"
    )

    assert {"column users.name", "column users.age"} <= _names(granted)


def test_settings_of_the_planner_are_put_back(started: Session) -> None:
    started.run("set enable_seqscan = off; set jit = on")
    ask = "select name, setting from pg_settings where name like 'enable%' or name = 'jit'"
    before = started.query(ask)

    started.step("create table extra (id int)")

    assert started.query(ask) == before


def test_without_the_right_to_a_temporary_function_everything_is_read(started: Session) -> None:
    name = started.query("select current_database()")[0][0]
    started.run(f"revoke temporary on database {name} from public")
    started.run("create role plain; grant create, usage on schema public to plain")
    started.connection.commit()
    started.reconnect()
    started.run("set session authorization plain")
    started.connection.commit()

    assert "table extra" in _names(started.step("create table extra (id int)"))
    assert _names(started.step("drop table extra")) == {"table extra", "column extra.id"}
    assert not started.query(started.tracker.question)[0][0]


def test_without_its_language_everything_is_read(started: Session) -> None:
    started.reconnect()
    started.run("drop extension plpgsql cascade")
    started.connection.commit()

    assert "table extra" in _names(started.step("create table extra (id int)"))
    assert _names(started.step("drop table extra")) == {"table extra", "column extra.id"}


def test_domain_is_found_beside_an_index_that_is_made_again_with_its_old_file(
    started: Session,
) -> None:
    started.step("create table tagged (tag varchar(10)); create index on tagged (tag)")

    delta = started.step("alter table tagged alter tag type varchar(20); create domain d as int")

    assert "domain d" in _names(delta)


def test_what_shows_a_label_that_is_renamed_is_described_again(started: Session) -> None:
    started.step(
        "create table deals (status order_status default 'new' check (status <> 'sent'));"
        "create view paid as select * from deals where status = 'paid'"
    )

    for old, new in (("new", "fresh"), ("sent", "away"), ("paid", "done")):
        started.step(f"alter type order_status rename value '{old}' to '{new}'")
        assert started.tracker.state == started.read(), old


def test_event_trigger_hears_of_no_function_of_ours(started: Session) -> None:
    started.reconnect()
    started.step(
        "create function refuse() returns event_trigger"
        " language plpgsql as 'begin raise ''no''; end';"
        "create event trigger refusing on ddl_command_start when tag in ('CREATE FUNCTION')"
        " execute function refuse()"
    )
    started.reconnect()

    started.tracker.prepare()

    assert "table extra" in _names(started.step("create table extra (id int)"))
    assert started.tracker.state == started.read()
