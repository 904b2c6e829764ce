"""Revisions made up from a seed, whose downgrades undo their upgrades exactly."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The two directions of one revision; only what is new may stay for later revisions."""

    up: str
    down: str
    stays: bool = False


@dataclass
class Growing:
    """What the revisions so far have made; every new name has a number of its own."""

    random: Random
    number: int = 0
    tables: list[str] = field(default_factory=lambda: ["t0"])

    def table(self) -> str:
        return self.random.choice(self.tables)


FIRST = "create table t0 (id serial primary key, a integer, b text, c varchar(50) not null)"

NOTHING = "execute function suppress_redundant_updates_trigger()"
FIRST_PART = "create table {0}_1 partition of {0} for values from (1) to (2)"

Maker = Callable[[Growing], Pair]


def _new_table(own: Growing) -> Pair:
    name = f"t{own.number}"
    key = own.random.choice(["serial", "bigint generated always as identity", "uuid"])
    parent = own.random.choice(["", " references t0"])
    own.tables.append(name)
    return Pair(
        up=f"create table {name} (id {key} primary key, a integer{parent}, b text,"
        " c varchar(50) not null unique, check (a > 0), check (a < 9 or b <> ''))",
        down=f"drop table {name}",
        stays=True,
    )


def _new_column(own: Growing) -> Pair:
    table, name = own.table(), f"c{own.number}"
    kind = own.random.choice(
        [
            "text",
            "integer not null default 0",
            "numeric(9, 2)",
            "timestamptz default now()",
            "jsonb not null default '{}'",
            "integer[] default '{1, 2}'",
            'text collate "C" unique',
            "integer check (c# > 0)".replace("#", str(own.number)),
            "serial",
            "integer generated always as (a * 2) stored",
        ]
    )
    return Pair(
        up=f"alter table {table} add {name} {kind}",
        down=f"alter table {table} drop {name}",
        stays=True,
    )


def _new_index(own: Growing) -> Pair:
    table, name = own.table(), f"i{own.number}"
    kind = own.random.choice(
        ["(a)", "(a desc, b)", "(lower(b))", "using hash (b)", "(a) where a > 1", "(a) include (b)"]
    )
    return Pair(up=f"create index {name} on {table} {kind}", down=f"drop index {name}", stays=True)


def _new_enum(own: Growing) -> Pair:
    table, name = own.table(), f"e{own.number}"
    return Pair(
        up=f"create type {name} as enum ('x', 'y');"
        f"alter table {table} add v{own.number} {name} not null default 'x'",
        down=f"alter table {table} drop v{own.number}; drop type {name}",
        stays=True,
    )


def _dropped_and_made_again(own: Growing) -> Pair:
    table = own.table()
    if table == "t0":
        return Pair(
            up="alter table t0 add unique (b)", down="alter table t0 drop constraint t0_b_key"
        )
    return Pair(
        up=f"alter table {table} drop constraint {table}_pkey",
        down=f"alter table {table} add primary key (id)",
    )


def _widened(own: Growing) -> Pair:
    table = own.table()
    return Pair(
        up=f"alter table {table} alter c type varchar(80)",
        down=f"alter table {table} alter c type varchar(50)",
    )


def _renamed(own: Growing) -> Pair:
    table = own.table()
    return Pair(
        up=f"alter table {table} rename to r{own.number};alter table r{own.number} rename b to bb",
        down=f"alter table r{own.number} rename bb to b;"
        f"alter table r{own.number} rename to {table}",
    )


def _altered(own: Growing) -> Pair:
    table = own.table()
    up, down = own.random.choice(
        [
            ("alter # alter b set default 'z'", "alter # alter b drop default"),
            ("alter # alter a set statistics 9", "alter # alter a set statistics -1"),
            ("alter # set (fillfactor = 80)", "alter # reset (fillfactor)"),
            ("alter # enable row level security", "alter # disable row level security"),
            ("alter # replica identity full", "alter # replica identity default"),
            ("alter # alter c drop not null", "alter # alter c set not null"),
        ]
    )
    return Pair(up=up.replace("#", f"table {table}"), down=down.replace("#", f"table {table}"))


def _new_object(own: Growing) -> Pair:
    table, name = own.table(), f"o{own.number}"
    up, down = own.random.choice(
        [
            (f"create view {name} as select id, b from {table}", f"drop view {name}"),
            (f"create materialized view {name} as select b from {table}",
             f"drop materialized view {name}"),
            (f"create function {name}(x int) returns int language sql as 'select x'",
             f"drop function {name}(int)"),
            (f"create sequence {name}", f"drop sequence {name}"),
            (f"create domain {name} as int check (value > 0)", f"drop domain {name}"),
            (f"create type {name} as (a int, b text)", f"drop type {name}"),
            (f"create schema {name}; create table {name}.inner (id int)",
             f"drop schema {name} cascade"),
            (f"create policy {name} on {table} using (true)", f"drop policy {name} on {table}"),
            (f"create rule {name} as on delete to {table} do instead nothing",
             f"drop rule {name} on {table}"),
            (f"create statistics {name} on a, b from {table}", f"drop statistics {name}"),
            (f"create publication {name} for table {table}", f"drop publication {name}"),
            (f"create trigger {name} before update on {table} for each row {NOTHING}",
             f"drop trigger {name} on {table}"),
            (f"create table {name} (d int) partition by range (d); {FIRST_PART.format(name)}",
             f"drop table {name}"),
        ]
    )  # fmt: skip
    return Pair(
        up=up, down=down, stays=not up.startswith(("create view", "create mat", "create rule"))
    )


def _said(own: Growing) -> Pair:
    table = own.table()
    up, down = own.random.choice(
        [
            ("comment on table # is 'x'", "comment on table # is null"),
            ("comment on column #.a is 'x'", "comment on column #.a is null"),
            ("comment on constraint #_pkey on # is 'x'",
             "comment on constraint #_pkey on # is null"),
            ("grant select on # to public", "revoke select on # from public"),
            ("grant select (a) on # to public", "revoke select (a) on # from public"),
            ("alter default privileges grant select on tables to public",
             "alter default privileges revoke select on tables from public"),
        ]
    )  # fmt: skip
    return Pair(up=up.replace("#", table), down=down.replace("#", table))


def _unusual(own: Growing) -> Pair:
    table, name = own.table(), f"u{own.number}"
    up, down = own.random.choice(
        [
            (f"insert into {table} (c) values ('row') on conflict do nothing", "select 1"),
            (f"savepoint s; create table {name} (id int); rollback to s", "select 1"),
            (f"do $$ begin execute 'create table {name} (id int)'; end $$",
             f"do $$ begin execute 'drop table {name}'; end $$"),
            (f"savepoint s; create table {name} (id int); release s", f"drop table {name}"),
            (f"set search_path = pg_catalog; create table public.{name} (); reset search_path",
             f"drop table {name}"),
            (f"create temp table {name} (id int)", f"drop table {name}"),
            ("deallocate all", "select 1"),
        ]
    )  # fmt: skip
    if "insert" in up and table != "t0":
        up = "insert into t0 (c) values ('row')"
    return Pair(up=up, down=down)


_MAKERS: tuple[Maker, ...] = (
    _new_table,
    _new_table,
    _new_column,
    _new_column,
    _new_index,
    _new_enum,
    _dropped_and_made_again,
    _widened,
    _renamed,
    _altered,
    _new_object,
    _new_object,
    _said,
    _unusual,
)


def history(seed: int, length: int) -> Iterator[Pair]:
    """Yield revisions one after the other; each stays applied."""
    own = Growing(Random(seed))
    for number in range(1, length + 1):
        own.number = number
        yield own.random.choice(_MAKERS)(own)
