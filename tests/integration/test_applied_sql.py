"""What `sql` writes, applied with psql, mariadb and sqlite3, does what `upgrade` does."""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from alembic_ci.database.control import Control
from alembic_ci.delta import Snapshot
from alembic_ci.project.session import Ready
from alembic_ci.steps.observer import whole_snapshot
from alembic_ci.urls import DatabaseURL
from cases import case
from cli import Run, alembic_ci
from clients import apply
from environments import ASYNC, CURRENT, OLDEST, PinnedSet
from jobs import dialect_of, marked
from servers import fresh_database
from template_projects import Written, initialised

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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two empty databases: *upgraded* by us, *applied* by hand."""

    upgraded: DatabaseURL
    applied: DatabaseURL

    def alike(self) -> None:
        """Compare both catalogues and both version tables."""
        assert _seen(self.applied) == _seen(self.upgraded)


_READY = Ready(
    heads=(),
    version_table="alembic_version",
    version_schema=None,
    per_migration=False,
    transactional=False,
)


def _seen(url: DatabaseURL) -> tuple[Snapshot, tuple[str, ...] | None]:
    with Control.open(url, timeout=30) as control:
        rows = control.version_rows(_READY.version_table, None)
        return whole_snapshot(control, _READY), rows and tuple(sorted(rows))


@contextmanager
def _twins(driver: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Twins]:
    dialect = dialect_of(driver)
    with ExitStack() as stack:
        urls = []
        for name in ("upgraded", "applied"):
            if dialect == "sqlite":
                url = DatabaseURL(drivername=driver, database=str(folder / f"{name}.db"))
            else:
                url = stack.enter_context(
                    fresh_database(request.getfixturevalue(f"{dialect}_admin"))
                )
            urls.append(dataclasses.replace(url, drivername=driver, written=""))
        yield Twins(upgraded=urls[0], applied=urls[1])


def _run(directory: Path, url: DatabaseURL, *arguments: str) -> Run:
    scratch = {} if url.drivername.startswith("sqlite") else {"SCRATCH_DATABASE_URL": url.render()}
    run = alembic_ci(
        *arguments, directory=directory, variables={"DATABASE_URL": url.render(), **scratch}
    )
    assert run.exit_code == 0, run.everything
    return run


def _there(directory: Path, twins: Twins, *arguments: str) -> Run:
    """Upgrade one twin and apply the script to the other."""
    run = _run(directory, twins.upgraded, "run", "--steps=sql,upgrade", *arguments)
    apply(run.folder / "sql" / "development" / "upgrade.sql", twins.applied)
    twins.alike()
    return run


def _there_and_back(directory: Path, twins: Twins, *arguments: str) -> None:
    """Go the same ways back, too."""
    run = _there(directory, twins, *arguments)
    back = (run.folder / "sql" / "development" / "downgrade.sql").rename(directory / "back.sql")
    _run(directory, twins.upgraded, "downgrade", "--target=base", *arguments)
    apply(back, twins.applied)
    twins.alike()


@pytest.mark.parametrize(
    ("name", "database"),
    [marked(name, db, driver=_DRIVERS[db], name=name) for name, db in _CASES],
)
def test_a_script_leads_where_the_upgrade_leads_and_back(
    name: str, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    directory = case(name).copied(tmp_path)
    with _twins(_DRIVERS[database], request, tmp_path) as twins:
        _there_and_back(directory, twins)


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

    with _twins(driver, request, tmp_path) as twins:
        run = _there(directory, twins, f"--python={python}")

        rows = _ROWS[dialect_of(driver)]
        assert _queried(twins.applied, rows) == _queried(twins.upgraded, rows)
        assert len(_queried(twins.applied, rows)) == 5
    up = run.step("sql")["result"]["revisions"][0]
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

    with _twins("mysql+pymysql", request, tmp_path) as twins:
        _there_and_back(directory, twins, f"--python={python}")


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


def test_what_offline_mode_renders_wrongly_is_told_and_written_as_it_runs(tmp_path: Path) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _SILENT)

    run = _run(
        directory, DatabaseURL(drivername="sqlite", database="x.db"), "sql", f"--python={python}"
    )

    up = run.step("sql")["result"]["revisions"][0]
    assert up["origin"] == "captured"
    assert up["divergence"]["offline"] == "INSERT INTO plans (id, api_token) VALUES (NULL, NULL)"
    script = (run.folder / "sql" / "development" / "upgrade.sql").read_text()
    assert "VALUES (1, 'hunter2```')" in script
    assert "CREATE INDEX only_online" in script
    assert script.index("captured from a run") < script.index("hunter2")
    assert "offline-differs" in (run.folder / "findings.sarif").read_text()


def test_secret_values_and_commands_in_sql_stay_in_the_files(tmp_path: Path) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _SILENT)
    url = DatabaseURL(drivername="sqlite", database="x.db")

    run = _run(directory, url, "sql", f"--python={python}")

    outputs = (run.folder / "outputs.env").read_text()
    shown = [run.everything, outputs, *(p.read_text() for p in run.folder.glob("report.*"))]
    for text in shown:
        assert "hunter2" not in text
        assert not any(line.startswith("::error::pwned") for line in text.splitlines())
        assert "\x1b[31m" not in text
    assert "<redacted>" in run.step("sql")["result"]["sql"]
