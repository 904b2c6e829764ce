import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alembic_ci.database.control import Control
from alembic_ci.database.leftovers import LONGEST_RUN, drop_old_databases, remove_dead_homes
from alembic_ci.database.likeness import Likeness, likeness
from alembic_ci.database.private_home import PREFIX, private_home, quick_folder
from alembic_ci.database.private_mysql import private_mysql
from alembic_ci.database.quoting import quote
from alembic_ci.database.scratch import scratch_server
from alembic_ci.database.scratch_places import beside, on_given_server
from alembic_ci.errors import DatabaseAccessError, ScratchError
from alembic_ci.urls import DatabaseURL, Dialect

TIMEOUT = 20.0
AWAY = {
    Dialect.POSTGRESQL: DatabaseURL.parse(
        "postgresql+asyncpg://shop:x@127.0.0.1:1/shop?ssl=require"
    ),
    Dialect.MYSQL: DatabaseURL.parse("mysql+aiomysql://shop:x@127.0.0.1:1/shop?charset=utf8mb4"),
}

each_server = pytest.mark.parametrize(
    "dialect",
    [
        pytest.param(Dialect.POSTGRESQL, marks=pytest.mark.postgresql),
        pytest.param(Dialect.MYSQL, marks=pytest.mark.mysql),
    ],
)


@pytest.fixture
def url(request: pytest.FixtureRequest, dialect: Dialect) -> DatabaseURL:
    found = request.getfixturevalue(f"{dialect}_url")
    assert isinstance(found, DatabaseURL)
    return found


def likeness_of(url: DatabaseURL) -> Likeness:
    with Control.open(url, timeout=TIMEOUT) as control:
        return likeness(control)


def exists(admin: DatabaseURL, name: str | None) -> bool:
    sql = {
        Dialect.POSTGRESQL: "SELECT datname FROM pg_database",
        Dialect.MYSQL: "SELECT schema_name FROM information_schema.schemata",
    }
    with Control.open(admin, timeout=TIMEOUT) as control:
        return (name,) in control.query(sql[admin.dialect])


@pytest.fixture
def no_binaries(url: DatabaseURL, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without database servers, but for the one of *url*, which runs already."""
    del url

    def none(*_patterns: str) -> Iterator[Path]:
        return iter(())

    monkeypatch.setattr("alembic_ci.database.private_postgresql.folders", none)
    monkeypatch.setattr("alembic_ci.database.private_mysql.folders", none)


@each_server
def test_without_a_scratch_url_a_private_server_is_started(
    request: pytest.FixtureRequest, dialect: Dialect
) -> None:
    request.getfixturevalue(f"{dialect}_admin")  # skips where no server can be had
    away = AWAY[dialect]

    with scratch_server(away, protected=True, scratch_url=None, timeout=TIMEOUT) as server:
        one, other = server.create(), server.create()

        assert "private" in server.description
        assert one.drivername == away.drivername
        assert one.username == away.username
        assert one.host == "127.0.0.1"
        assert "ssl" not in dict(one.query)
        assert one.database != other.database
        with Control.open(one, timeout=TIMEOUT) as control:
            control.execute("CREATE TABLE notes (id INTEGER)")
        server.drop(one)
        with pytest.raises(DatabaseAccessError):
            Control.open(one, timeout=TIMEOUT)


@each_server
@pytest.mark.usefixtures("no_binaries")
def test_without_binaries_the_databases_are_beside_the_real_one(
    url: DatabaseURL, dialect: Dialect
) -> None:
    asked = replace(url, drivername=f"{dialect}+any")
    with scratch_server(asked, protected=False, scratch_url=None, timeout=TIMEOUT) as server:
        made = server.create()

        assert "beside" in server.description
        assert made == replace(asked, database=made.database)
        assert exists(url, made.database)

    assert not exists(url, made.database)


@each_server
@pytest.mark.usefixtures("no_binaries")
def test_nothing_is_put_beside_a_protected_database(url: DatabaseURL) -> None:
    with (
        pytest.raises(ScratchError) as caught,
        scratch_server(url, protected=True, scratch_url=None, timeout=TIMEOUT),
    ):
        pytest.fail("A scratch server was found.")

    assert "SCRATCH_DATABASE_URL" in caught.value.remedy
    assert "private server" in caught.value.remedy
    assert "grant" in caught.value.remedy


@each_server
def test_the_scratch_url_comes_first_and_the_projects_driver_stays(
    url: DatabaseURL, dialect: Dialect
) -> None:
    given = replace(url, database=None, query=(("sslmode", "prefer"),), written="")
    away = AWAY[dialect]

    with scratch_server(away, protected=True, scratch_url=given, timeout=TIMEOUT) as server:
        made = server.create()

        assert "SCRATCH_DATABASE_URL" in server.description
        assert made.drivername == away.drivername
        assert (made.username, made.host, made.port) == (url.username, url.host, url.port)
        if dialect is Dialect.POSTGRESQL:
            assert dict(made.query) == {"ssl": "prefer"}
        assert exists(url, made.database)

    assert not exists(url, made.database)


def test_a_scratch_url_of_another_dialect_is_refused() -> None:
    with (
        pytest.raises(ScratchError) as caught,
        scratch_server(
            AWAY[Dialect.POSTGRESQL],
            protected=False,
            scratch_url=AWAY[Dialect.MYSQL],
            timeout=0,
        ),
    ):
        pytest.fail("A scratch server was found.")

    assert "mysql" in caught.value.problem


@each_server
def test_all_databases_are_dropped_although_sessions_use_them(url: DatabaseURL) -> None:
    with scratch_server(url, protected=False, scratch_url=url, timeout=TIMEOUT) as server:
        made = server.create()
        user = Control.open(made, timeout=TIMEOUT)
        user.execute("CREATE TABLE notes (id INTEGER)")
        user.execute("BEGIN")
        user.execute("INSERT INTO notes VALUES (1)")

    assert not exists(url, made.database)
    user.close()


@each_server
def test_all_databases_are_dropped_when_the_run_is_interrupted(url: DatabaseURL) -> None:
    made: list[DatabaseURL] = []

    def interrupted() -> None:
        with scratch_server(url, protected=False, scratch_url=url, timeout=TIMEOUT) as server:
            made.append(server.create())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert not exists(url, made[0].database)


@each_server
def test_a_user_who_may_not_create_databases_is_told_the_other_ways(
    url: DatabaseURL, dialect: Dialect, caplog: pytest.LogCaptureFixture
) -> None:
    postgresql = dialect is Dialect.POSTGRESQL
    who = "modest" if postgresql else "'modest'@'%'"
    with Control.open(url, timeout=TIMEOUT) as control:
        how = "PASSWORD" if postgresql else "IDENTIFIED BY"
        control.execute(f"CREATE USER {who} {how} 'pw'")
        if not postgresql:
            control.execute(f"GRANT ALL ON {quote(dialect, url.database or '')}.* TO {who}")
        modest = replace(url, username="modest", password="pw")
        traits = likeness(control)

        server = beside(modest, traits, timeout=TIMEOUT)
        with pytest.raises(ScratchError) as caught:
            server.create()
        server.drop_all()

        control.execute(f"DROP USER {who}")
    assert "SCRATCH_DATABASE_URL" in caught.value.remedy
    assert not caplog.records, "what was never there need not be dropped"


@pytest.mark.postgresql
def test_encoding_and_collation_are_those_of_the_real_database(postgresql_url: DatabaseURL) -> None:
    real = replace(postgresql_url, database=f"{postgresql_url.database}_latin")
    facts = "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = "
    with Control.open(postgresql_url, timeout=TIMEOUT) as control:
        control.execute(
            f"CREATE DATABASE {real.database} TEMPLATE template0"
            " ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        with scratch_server(real, protected=True, scratch_url=None, timeout=TIMEOUT) as server:
            made = server.create()
            with Control.open(made, timeout=TIMEOUT) as scratch:
                assert scratch.query(facts + "current_database()") == [("LATIN1", "C")]
        control.execute(f"DROP DATABASE {real.database}")


@pytest.mark.mysql
def test_charset_collation_and_sql_mode_are_those_of_the_real_database(
    mysql_url: DatabaseURL,
) -> None:
    facts = "SELECT @@character_set_database, @@collation_database, @@sql_mode"
    with Control.open(mysql_url, timeout=TIMEOUT) as control:
        control.execute("ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_german2_ci")
        ((before,),) = control.query("SELECT @@GLOBAL.sql_mode")
        control.execute("SET GLOBAL sql_mode = 'ANSI_QUOTES'")
        with scratch_server(mysql_url, protected=True, scratch_url=None, timeout=TIMEOUT) as server:
            made = server.create()
            with Control.open(made, timeout=TIMEOUT) as scratch:
                assert scratch.query(facts) == [("latin1", "latin1_german2_ci", "ANSI_QUOTES")]
        control.execute(f"SET GLOBAL sql_mode = '{before}'")


@pytest.mark.mysql
def test_what_else_decides_what_statements_make_is_that_of_the_real_server(
    mysql_url: DatabaseURL,
) -> None:
    facts = "SELECT @@innodb_strict_mode, @@innodb_default_row_format"
    with Control.open(mysql_url, timeout=TIMEOUT) as control:
        control.execute("SET GLOBAL innodb_strict_mode = OFF, innodb_default_row_format = compact")
        traits = likeness_of(mysql_url)
        with (
            scratch_server(mysql_url, protected=True, scratch_url=None, timeout=TIMEOUT) as server,
            Control.open(server.create(), timeout=TIMEOUT) as scratch,
        ):
            found = scratch.query(facts)
        control.execute("SET GLOBAL innodb_strict_mode = ON, innodb_default_row_format = dynamic")
        given = on_given_server(mysql_url, mysql_url, traits, timeout=TIMEOUT)

    assert found == [(0, "compact")]
    said = "; the environment has innodb_default_row_format=compact, innodb_strict_mode=OFF"
    assert given.description.endswith(said)


@pytest.mark.mysql
@pytest.mark.usefixtures("mysql_admin")
def test_names_of_tables_differ_by_case_only_if_they_do_on_the_real_server() -> None:
    with (
        private_mysql(options=("--lower-case-table-names=1",)) as real,
        scratch_server(real, protected=True, scratch_url=None, timeout=TIMEOUT) as server,
        Control.open(server.create(), timeout=TIMEOUT) as control,
    ):
        control.execute("CREATE TABLE Orders (id INT)")

        assert control.query("SELECT * FROM oRDERS") == []


@pytest.mark.mysql
def test_a_given_server_of_another_sql_mode_is_told(mysql_url: DatabaseURL) -> None:
    """What it refuses, the environment may fill in with 0 or cut off."""
    with Control.open(mysql_url, timeout=TIMEOUT) as control:
        ((before,),) = control.query("SELECT @@GLOBAL.sql_mode")
        control.execute("SET GLOBAL sql_mode = 'ANSI_QUOTES,STRICT_TRANS_TABLES'")
        traits = likeness_of(mysql_url)
        loose = replace(traits, modes=frozenset(["NO_ZERO_DATE"]))

        found = on_given_server(mysql_url, mysql_url, loose, timeout=TIMEOUT)
        alike = on_given_server(mysql_url, mysql_url, traits, timeout=TIMEOUT)
        control.execute(f"SET GLOBAL sql_mode = '{before}'")

    assert found.description.endswith(
        "; the environment's sql_mode lacks ANSI_QUOTES, STRICT_TRANS_TABLES and has NO_ZERO_DATE"
    )
    assert "sql_mode" not in alike.description


@each_server
def test_only_old_and_unused_leftovers_are_dropped(url: DatabaseURL) -> None:
    now = time.time()
    old, used, new, foreign = (
        f"alembic_ci_scratch_{now - LONGEST_RUN - 60:010.0f}_0000000a",
        f"alembic_ci_scratch_{now - LONGEST_RUN - 60:010.0f}_0000000b",
        f"alembic_ci_scratch_{now:010.0f}_0000000c",
        "alembic_ci_scratch_1000000000_theirs",
    )
    with Control.open(url, timeout=TIMEOUT) as control:
        for name in (old, used, new, foreign):
            control.execute(f"CREATE DATABASE {name}")
        with Control.open(replace(url, database=used), timeout=TIMEOUT):
            drop_old_databases(control, now=now)

        left = [name for name in (old, used, new, foreign) if exists(url, name)]
        for name in left:
            control.execute(f"DROP DATABASE {name}")
    assert left == [used, new, foreign]


def test_sqlite_gets_files_that_are_removed_at_the_end() -> None:
    project = DatabaseURL.parse("sqlite+aiosqlite:////srv/shop.db?timeout=5&mode=ro")

    with scratch_server(project, protected=True, scratch_url=None, timeout=TIMEOUT) as server:
        one, other = server.create(), server.create()
        file = Path(one.database or "")

        assert one.drivername == "sqlite+aiosqlite"
        assert one.query == (("timeout", "5"),)
        assert file.exists()
        assert file.parent.stat().st_mode & 0o077 == 0
        assert one.database != other.database
        server.drop(one)
        assert not file.exists()

    assert not file.parent.exists()


_STAY = """
import sys, time
from alembic_ci.database.scratch import scratch_server
from alembic_ci.urls import DatabaseURL
with scratch_server(
    DatabaseURL.parse(sys.argv[1]), protected=True, scratch_url=None, timeout=1
) as server:
    print(server.create().port, flush=True)
    time.sleep(60)
"""


@each_server
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_private_server_dies_with_the_tool(
    request: pytest.FixtureRequest, dialect: Dialect, number: signal.Signals
) -> None:
    request.getfixturevalue(f"{dialect}_admin")
    before = set(quick_folder().glob(f"{PREFIX}*"))
    text = AWAY[dialect].render()
    with subprocess.Popen(
        (sys.executable, "-c", _STAY, text), stdout=subprocess.PIPE, text=True
    ) as tool:
        assert tool.stdout is not None
        port = int(tool.stdout.readline())
        (home,) = {
            path
            for path in set(quick_folder().glob(f"{PREFIX}*")) - before
            if str(port) in command_line(path)
        }
        server = int((home / "tool.pid").read_text())

        tool.send_signal(number)

    deadline = time.monotonic() + 10
    while (Path(f"/proc/{server}").exists() or home.exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{server}").exists()
    assert not home.exists()


def command_line(home: Path) -> str:
    try:
        pid = (home / "tool.pid").read_text()
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:  # another test's, gone by now
        return ""


@each_server
def test_what_is_kept_comes_back_whole_or_is_not_kept(url: DatabaseURL, dialect: Dialect) -> None:
    with scratch_server(url, protected=False, scratch_url=url, timeout=TIMEOUT) as server:
        scratch = server.create()
        with Control.open(scratch, timeout=TIMEOUT) as control:
            control.execute("create table parents (id integer primary key, name varchar(20))")
            control.execute(
                "create table children (id integer primary key, parent integer,"
                " double_id integer generated always as (id * 2) stored,"
                " foreign key (parent) references parents (id))"
            )
            control.execute("insert into parents values (0, 'none')")
            control.execute("insert into children (id, parent) values (7, 0)")

        kept = server.keep(scratch, "before")
        with Control.open(scratch, timeout=TIMEOUT) as control:
            control.execute("drop table children")
            control.execute("create view named as select name from parents")
        restored = server.restore(scratch, "before")

        assert (kept, restored) == (True, True)
        with Control.open(scratch, timeout=TIMEOUT) as control:
            assert control.query("select id, parent, double_id from children") == [(7, 0, 14)]
            assert control.query("select id, name from parents") == [(0, "none")]
            control.execute("create view named as select name from parents")
            if dialect is Dialect.POSTGRESQL:  # copied only while nobody is in it
                assert not server.keep(scratch, "after")
        assert server.keep(scratch, "later")
        if dialect is Dialect.MYSQL:  # where a view that has lost its column cannot be made again
            with Control.open(scratch, timeout=TIMEOUT) as control:
                control.execute("alter table parents drop column name")
            assert not server.keep(scratch, "after")


def test_only_folders_of_dead_tools_are_removed(tmp_path: Path) -> None:
    dead, young = tmp_path / f"{PREFIX}dead", tmp_path / f"{PREFIX}young"
    for folder in (dead, young):
        folder.mkdir()
        (folder / "alive").touch()
    os.utime(dead, (1, 1))
    with private_home() as home:
        os.utime(home.path, (1, 1))

        remove_dead_homes(tmp_path)
        remove_dead_homes(home.path.parent)

        assert not dead.exists()
        assert young.exists()
        assert home.path.exists()
