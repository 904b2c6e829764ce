"""What `sql` writes, applied with psql, mariadb and sqlite3, does what `upgrade` does."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from cases import case
from cli import alembic_ci
from clients import apply
from environments import ASYNC, CURRENT, OLDEST, PinnedSet
from jobs import Job, dialect_of, marked, url_for, variables_for
from template_projects import Written, initialised
from twins import run, there, there_and_back, twins

_DRIVERS = {"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql", "sqlite": "sqlite"}
_CASES = [
    ("autocommit_block", "postgresql"),
    ("branches", "mysql"),
    ("branches", "postgresql"),
    ("needs_connection", "mysql"),
    ("needs_connection", "postgresql"),
    ("needs_connection", "sqlite"),
    ("percent_in_names", "mysql"),
    ("percent_in_names", "sqlite"),
    ("transaction_per_migration", "postgresql"),
]
_EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("name", "database"),
    [marked(name, db, driver=_DRIVERS[db], name=name) for name, db in _CASES],
)
def test_a_script_leads_where_the_upgrade_leads_and_back(
    name: str, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    directory = case(name).copied(tmp_path)
    with twins(_DRIVERS[database], request, tmp_path) as pair:
        there_and_back(directory, pair)


_PROJECTS = [
    ("shop", CURRENT, "postgresql+psycopg2"),
    ("shop", CURRENT, "mysql+pymysql"),
    ("shop", CURRENT, "sqlite"),
    ("shop-async", ASYNC, "postgresql+asyncpg"),
    ("shop-async", ASYNC, "sqlite+aiosqlite"),
]


@pytest.mark.parametrize(
    ("example", "pinned", "driver"),
    [marked(*entry, driver=entry[2], name=entry[0]) for entry in _PROJECTS],
)
def test_the_scripts_of_the_examples_lead_there_and_back(
    example: str, pinned: PinnedSet, driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    directory = shutil.copytree(_EXAMPLES / example, tmp_path / "project")

    with twins(driver, request, tmp_path) as pair:
        there_and_back(directory, pair, f"--python={pinned.interpreter()}")


_VALUES = Written(
    revision="aaa1",
    down=None,
    upgrade="""
import datetime as dt
import decimal

connection = op.get_bind()
postgresql = connection.dialect.name == "postgresql"
mood = sa.Enum("calm", "it's", name="mood")
things = op.create_table(
    "things",
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(100), comment="Zo\\u00eb's"),
    sa.Column("raw", sa.LargeBinary()),
    sa.Column("at", sa.DateTime()),
    sa.Column("day", sa.Date()),
    sa.Column("amount", sa.Numeric(10, 2)),
    sa.Column("share", sa.Float()),
    sa.Column("ok", sa.Boolean()),
    sa.Column("more", sa.JSON()),
    sa.Column("took", sa.Interval()),
    sa.Column("mood", mood),
    *([sa.Column("tags", sa.ARRAY(sa.String(20)))] if postgresql else []),
)
assert connection.execute(sa.select(sa.func.count()).select_from(things)).scalar() == 0
name = "it's \\\\ a\\r\\nb\\t100% :x %s ? $1 $$ /* -- \\u00e9 ; "
row = {
    "name": name, "raw": bytes(range(256)), "at": dt.datetime(2020, 1, 2, 3, 4, 5, 6),
    "day": dt.date(2020, 1, 2), "amount": decimal.Decimal("-12.30"), "share": 0.1, "ok": True,
    "more": {"a": [1, None, "x'y\\\\"]}, "took": dt.timedelta(days=1, seconds=3), "mood": "it's",
    **({"tags": ["a'b", 'c"d', "e\\\\f", None]} if postgresql else {}),
}
op.bulk_insert(things, [{"id": 1, **row}, {"id": 2, **dict.fromkeys(row)}])
connection.execute(things.insert().values(id=3, **row))
edges = {"at": dt.datetime.min, "day": dt.date.max} if postgresql else {"day": dt.date.max}
connection.execute(things.insert().values(id=6, **edges))
many = [{"id": 4, "name": None}, {"id": 5, "name": name}]
connection.execute(sa.text("INSERT INTO things (id, name) VALUES (:id, :name)"), many)
connection.execute(
    sa.text("UPDATE things SET name = :name, raw = :raw WHERE id = :id AND '100%' <> '\\\\:x'"),
    {"name": "x", "raw": b"\\x00'", "id": 4},
)
""",
    downgrade="""op.drop_table("things")
if op.get_bind().dialect.name == "postgresql":
    op.execute("DROP TYPE mood")""",
)
_ROWS = {
    "postgresql": "SELECT t::text FROM things t ORDER BY id",
    "mysql": "SELECT id, HEX(name), HEX(raw), at, day, amount, share, ok, more, took, mood "
    "FROM things ORDER BY id",
    "sqlite": "SELECT id, hex(name), quote(raw), at, day, amount, share, ok, more, took, mood "
    "FROM things ORDER BY id",
}
_LITERALS = [
    ("generic", OLDEST, "postgresql+psycopg2"),
    ("generic", ASYNC, "postgresql+psycopg"),
    ("async", ASYNC, "postgresql+asyncpg"),
    ("generic", CURRENT, "mysql+pymysql"),
    ("async", ASYNC, "mysql+asyncmy"),
    ("generic", CURRENT, "sqlite"),
]


@pytest.mark.parametrize(
    ("template", "pinned", "driver"),
    [marked(*entry, driver=entry[2], name=entry[1].name) for entry in _LITERALS],
)
def test_captured_values_arrive_as_they_were_bound(
    template: str, pinned: PinnedSet, driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = pinned.interpreter()
    directory = initialised(python, template, tmp_path / "project", _VALUES)

    with twins(driver, request, tmp_path) as pair:
        done = there(directory, pair, f"--python={python}")

        rows = _ROWS[dialect_of(driver)]
        assert _queried(pair.applied, rows) == _queried(pair.upgraded, rows)
        assert len(_queried(pair.applied, rows)) == 6
    up = done.step("sql")["result"]["revisions"][0]
    assert (up["origin"], up["compared"], up["reads"]) == ("captured", True, 1)


def _queried(url: DatabaseURL, sql: str) -> list[tuple[object, ...]]:
    with Control.open(url, timeout=30) as control:
        return [tuple(row) for row in control.query(sql)]


_TRIGGER = Written(
    revision="aaa1",
    down=None,
    upgrade="""
op.create_table("items", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("note", sa.String(20)))
op.execute("CREATE TRIGGER clean BEFORE INSERT ON items FOR EACH ROW "
    "BEGIN SET NEW.note = 'a;b'; SET NEW.note = trim(NEW.note); END")
op.execute("INSERT INTO items (id) VALUES (1) -- the first")""",
    downgrade='op.drop_table("items")',
)


@pytest.mark.mysql
def test_a_trigger_of_several_statements_is_applied_whole(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _TRIGGER)

    with twins("mysql+pymysql", request, tmp_path) as pair:
        there_and_back(directory, pair, f"--python={python}")


@pytest.mark.mysql
def test_a_trigger_has_the_character_set_it_has_after_an_upgrade(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _TRIGGER)
    how = "SELECT character_set_client, collation_connection FROM information_schema.triggers"

    with twins("mysql+pymysql", request, tmp_path) as pair:
        there(directory, pair, f"--python={python}")

        here = f"{how} WHERE trigger_schema = DATABASE()"
        assert _queried(pair.applied, here) == _queried(pair.upgraded, here)
        assert _queried(pair.applied, here)


_SILENT = Written(
    revision="aaa1",
    down=None,
    upgrade="""
from alembic import context

op.create_table("plans", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("api_token", sa.String(20)))
op.get_bind().execute(
    sa.text("INSERT INTO plans (id, api_token) VALUES (:i, :t)"), {"i": 1, "t": "hunter2```"}
)
op.execute("INSERT INTO plans (id, api_token) VALUES (2, '\\n::error::pwned \\x1b[31m')")
if not context.is_offline_mode():
    op.create_index("only_online", "plans", ["api_token"])""",
    downgrade='op.drop_table("plans")',
)


@pytest.mark.postgresql
def test_an_engine_that_commits_by_itself_is_told_of_as_that(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    revision = Written(
        revision="aaa1",
        down=None,
        upgrade='op.create_table("beds", sa.Column("id", sa.Integer()))',
        downgrade='op.drop_table("beds")',
    )
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", revision)
    (env,) = directory.rglob("env.py")
    pool = "poolclass=pool.NullPool"
    env.write_text(env.read_text().replace(pool, f'{pool}, isolation_level="AUTOCOMMIT"'))
    variables = variables_for(url_for("postgresql+psycopg2", request))
    job = Job(directory=directory, python=Path(sys.executable), variables=variables)

    finished = job.run("run", "--steps=sql,rollback-test", "--rows=0")

    assert finished.exit_code == 0, finished.text
    assert "runs: COMMIT" in finished.text
    assert "AUTOCOMMIT" in finished.text
    assert "bindparams" not in finished.text


def test_what_offline_mode_renders_wrongly_is_told_and_written_as_it_runs(tmp_path: Path) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _SILENT)

    done = run(
        directory, DatabaseURL(drivername="sqlite", database="x.db"), "sql", f"--python={python}"
    )

    up = done.step("sql")["result"]["revisions"][0]
    assert up["origin"] == "captured"
    assert up["divergence"]["offline"] == "INSERT INTO plans (id, api_token) VALUES (NULL, NULL)"
    script = (done.folder / "sql" / "development" / "upgrade.sql").read_text()
    assert "VALUES (1, 'hunter2```')" in script
    assert "CREATE INDEX only_online" in script
    assert script.index("captured from a run") < script.index("hunter2")
    assert "offline-differs" in (done.folder / "findings.sarif").read_text()


_NO_WAY_BACK = Written(
    revision="aaa1",
    down=None,
    upgrade='op.create_table("plans", sa.Column("id", sa.Integer(), primary_key=True))',
    downgrade="""for table in sa.inspect(op.get_bind()).get_table_names():
    op.drop_table(table)
op.drop_table("never_made")""",
)


def test_a_way_back_that_neither_renders_nor_runs_is_named(tmp_path: Path) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _NO_WAY_BACK)

    done = alembic_ci(
        *("run", "--steps=sql,rollback-test", f"--python={python}"),
        directory=directory,
        variables={"DATABASE_URL": "sqlite:///x.db"},
    )

    said = " ".join(done.everything.split())
    assert "The downgrade of revision aaa1 cannot be rendered without a database" in said
    assert "Give the run a scratch database" not in said
    assert "Let it run on the scratch database" in said


def test_secret_values_and_commands_in_sql_stay_in_the_files(tmp_path: Path) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _SILENT)
    url = DatabaseURL(drivername="sqlite", database="x.db")

    done = run(directory, url, "sql", f"--python={python}")

    outputs = (done.folder / "outputs.env").read_text()
    shown = [done.everything, outputs, *(p.read_text() for p in done.folder.glob("report.*"))]
    for text in shown:
        assert "hunter2" not in text
        assert not any(line.startswith("::error::pwned") for line in text.splitlines())
        assert "\x1b[31m" not in text
    assert "<redacted>" in done.step("sql")["result"]["sql"]


_NAMES_ITS_DATABASE = Written(
    revision="aaa1",
    down=None,
    upgrade="""
connection = op.get_bind()
assert sa.inspect(connection).get_table_names() != ["shops"]
name = connection.dialect.identifier_preparer.quote(connection.engine.url.database)
if connection.dialect.name == "postgresql":
    op.execute(f"COMMENT ON DATABASE {name} IS 'the shop'")
else:
    op.execute(f"ALTER DATABASE {name} DEFAULT CHARACTER SET utf8mb4")
op.create_table("shops", sa.Column("id", sa.Integer(), primary_key=True))""",
    downgrade='op.drop_table("shops")',
)


@pytest.mark.parametrize(
    "driver", [marked(driver, driver=driver) for driver in ("postgresql+psycopg2", "mysql+pymysql")]
)
def test_a_script_names_the_database_it_is_for(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _NAMES_ITS_DATABASE)
    url = url_for(driver, request)

    done = run(directory, url, "sql", f"--python={python}")

    script = (done.folder / "sql" / "development" / "upgrade.sql").read_text()
    (named,) = re.findall(r"DATABASE (\w+)", script)
    assert named == url.database
    apply(done.folder / "sql" / "development" / "upgrade.sql", url)


_OWN_TRANSACTIONS = """from alembic import context
import os
import sqlalchemy as sa

engine = sa.create_engine(os.environ["DATABASE_URL"])


@sa.event.listens_for(engine, "connect")
def _leave_transactions_alone(connection, record):
    connection.isolation_level = None


@sa.event.listens_for(engine, "begin")
def _begin(connection):
    connection.exec_driver_sql("BEGIN IMMEDIATE")


if context.is_offline_mode():
    context.configure(dialect_name="sqlite", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        context.execute("COMMIT")
        context.execute("PRAGMA foreign_keys=OFF")
        context.execute("BEGIN IMMEDIATE")
        with context.begin_transaction():
            context.run_migrations()
"""
_COMMITS = Written(
    revision="aaa1",
    down=None,
    upgrade="""
op.create_table("beds", sa.Column("id", sa.Integer(), primary_key=True))
with op.get_context().autocommit_block():
    connection = op.get_bind()
    assert connection.execute(sa.text("SELECT count(*) FROM beds")).scalar() == 0
    connection.execute(sa.text("INSERT INTO beds (id) VALUES (1)"))
op.execute("COMMIT")
op.execute("PRAGMA foreign_keys=ON")
op.execute("BEGIN")
op.execute("INSERT INTO beds (id) VALUES (2)")""",
    downgrade='op.drop_table("beds")',
)


def test_transactions_that_a_project_begins_itself_do_not_stop_its_script(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _COMMITS)
    (directory / "migrations" / "env.py").write_text(_OWN_TRANSACTIONS)

    with twins("sqlite", request, tmp_path) as pair:
        done = there(directory, pair, f"--python={python}")

        beds = "SELECT id FROM beds"
        assert _queried(pair.applied, beds) == _queried(pair.upgraded, beds) == [(1,), (2,)]
    assert "PRAGMA foreign_keys=OFF" in done.step("sql")["result"]["sql"]
    assert "not in this script" not in done.step("sql")["result"]["sql"]


_NESTED = Written(
    revision="aaa1",
    down=None,
    upgrade="""
op.create_table("beds", sa.Column("id", sa.Integer(), primary_key=True))
connection = op.get_bind()
assert connection.execute(sa.text("SELECT count(*) FROM beds")).scalar() == 0
with connection.begin_nested():
    connection.execute(sa.text("INSERT INTO beds (id) VALUES (1)"))
with connection.begin_nested() as taken_back:
    connection.execute(sa.text("INSERT INTO beds (id) VALUES (2)"))
    taken_back.rollback()
connection.execute(sa.text("INSERT INTO beds (id) VALUES (3)"))""",
    downgrade='op.drop_table("beds")',
)


@pytest.mark.parametrize("driver", [marked(driver, driver=driver) for driver in _DRIVERS.values()])
def test_savepoints_are_where_they_were(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _NESTED)

    with twins(driver, request, tmp_path) as pair:
        there(directory, pair, f"--python={python}")

        beds = "SELECT id FROM beds"
        assert _queried(pair.applied, beds) == _queried(pair.upgraded, beds) == [(1,), (3,)]


_MOMENTS = Written(
    revision="aaa1",
    down=None,
    upgrade="""import datetime as dt
import os
import time
from sqlalchemy.dialects import postgresql
os.environ["TZ"] = "Asia/Tokyo"
time.tzset()
with_zone = sa.DateTime(timezone=True)
things = op.create_table(
    "things",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("zoned", with_zone),
    sa.Column("plain", sa.DateTime()),
    sa.Column("several", sa.ARRAY(with_zone)),
    sa.Column("span", postgresql.TSTZRANGE()),
)
connection = op.get_bind()
at = dt.datetime(2020, 1, 2, 3, 4, 5)
span = postgresql.Range(at, at + dt.timedelta(days=1))
assert connection.execute(sa.select(sa.func.count()).select_from(things)).scalar() == 0
row = {"zoned": at, "plain": at, "several": [at, None], "span": span}
connection.execute(things.insert().values(id=1, **row))
edges = {"zoned": dt.datetime.max, "plain": dt.datetime.min}
connection.execute(things.insert().values(id=2, **edges))
connection.exec_driver_sql("INSERT INTO things (id, zoned) VALUES (3, $1)", (at,))
connection.exec_driver_sql("INSERT INTO things (id, plain) VALUES (4, $1)", (at,))
connection.execute(sa.text("INSERT INTO things (id, zoned) VALUES (5, :at)"), {"at": at})
""",
    downgrade='op.drop_table("things")',
)


@pytest.mark.postgresql
def test_a_moment_without_a_zone_is_to_asyncpg_one_of_the_process(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = ASYNC.interpreter()
    directory = initialised(python, "async", tmp_path / "project", _MOMENTS)

    with twins("postgresql+asyncpg", request, tmp_path) as pair:
        there(directory, pair, f"--python={python}")

        rows = "SELECT t::text FROM things t ORDER BY id"
        upgraded = _queried(pair.upgraded, rows)
        assert "2020-01-01 18:04:05+00" in str(upgraded[0][0])
        assert _queried(pair.applied, rows) == upgraded
