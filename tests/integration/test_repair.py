"""Repairing a scratch database after a failure costs the same in a long history."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from jobs import Finished, Job, marked, url_for, variables_for
from servers import MYSQL_SERVER
from template_projects import Written, initialised

_DRIVERS = [
    marked(driver, driver=driver) for driver in ("sqlite", "postgresql+psycopg2", "mysql+pymysql")
]
_LONG = 26  # revisions that take longer than a copy of the database


def _counting(count: Path) -> Written:
    return Written(
        revision="r000",
        down=None,
        upgrade=f"""with open({str(count)!r}, "a") as log:
    log.write("x")
op.create_table("first", sa.Column("id", sa.Integer(), primary_key=True))""",
        downgrade='op.drop_table("first")',
    )


def _idle(number: int) -> Written:
    return _written(number, 'op.execute("select 1")', "pass")


def _fails_half_way(number: int) -> Written:
    """Return a revision whose downgrade fails after it has dropped its table's column."""
    table = f"t{number}"
    return _written(
        number,
        f"""op.create_table(
    "{table}", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer())
)
op.execute("insert into {table} (id, a) values (1, 2)")""",
        f"""op.drop_column("{table}", "a")
op.execute("insert into {table} (id) values (2)")
raise RuntimeError("no way back")""",
    )


def _leaves_a_table(number: int) -> Written:
    column = 'sa.Column("id", sa.Integer(), primary_key=True)'
    return _written(number, f'op.create_table("t{number}", {column})', 'op.execute("select 1")')


def _fails_on_rows(number: int) -> Written:
    """Return a revision that gives all rows the same value, and forbids that."""
    return _written(
        number,
        f"""op.add_column("first", sa.Column("a{number}", sa.Integer(), server_default="1"))
op.create_index("one_a{number}", "first", ["a{number}"], unique=True)""",
        f"""op.drop_index("one_a{number}", table_name="first")
op.drop_column("first", "a{number}")""",
    )


def _written(number: int, upgrade: str, downgrade: str) -> Written:
    down = f"r{number - 1:03}"
    return Written(revision=f"r{number:03}", down=down, upgrade=upgrade, downgrade=downgrade)


def _run(
    folder: Path, driver: str, parts: Sequence[Written], request: pytest.FixtureRequest, rows: int
) -> tuple[Finished, int]:
    """Prove a first revision and *parts*; also return how often the first one was applied."""
    count = folder.with_suffix(".runs")
    directory = initialised(Path(sys.executable), "generic", folder, _counting(count), *parts)
    variables = variables_for(url_for(driver, request))
    job = Job(directory=directory, python=Path(sys.executable), variables=variables)
    finished = job.run("rollback-test", f"--rows={rows}")
    return finished, len(count.read_text())


@pytest.mark.parametrize("driver", _DRIVERS[:2])
def test_what_came_first_is_not_run_again_for_every_failure(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    runs = []
    for failures in (1, 3):
        parts = [_fails_half_way(number + 1) for number in range(failures)]
        finished, count = _run(tmp_path / f"with-{failures}", driver, parts, request, 0)
        assert finished.verdicts() == {"r000": "passed"} | {
            part.revision: "failed" for part in parts
        }, finished.text
        runs.append(count)

    assert runs[0] == runs[1]


_PROGRAMS = {
    1: (
        'op.execute("CREATE VIEW firsts AS SELECT id FROM first")',
        'op.execute("DROP VIEW firsts")',
    ),
    2: (
        'op.execute("CREATE FUNCTION twice(a INT) RETURNS INT DETERMINISTIC RETURN a * 2")',
        'op.execute("DROP FUNCTION twice")',
    ),
    3: (
        'op.execute("CREATE TRIGGER early BEFORE INSERT ON first FOR EACH ROW SET @n = NEW.id")',
        'op.execute("DROP TRIGGER early")',
    ),
    4: (
        'op.execute("CREATE EVENT daily ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1")',
        'op.execute("DROP EVENT daily")',
    ),
}
if MYSQL_SERVER == "mariadb":
    _PROGRAMS[5] = (
        'op.execute("CREATE SEQUENCE numbers")',
        'op.execute("DROP SEQUENCE numbers")',
    )


def _forgets_a_view(number: int) -> Written:
    return _written(
        number,
        'op.execute("CREATE OR REPLACE VIEW firsts AS SELECT id + 1 AS id FROM first")',
        'op.execute("DROP VIEW firsts")',
    )


def _makes_a_view_again(number: int) -> Written:
    return _written(
        number,
        'op.execute("DROP VIEW firsts")\nop.execute("DROP TRIGGER early")',
        'op.execute("CREATE VIEW firsts AS SELECT id + 1 AS id FROM first")\n' + _PROGRAMS[3][0],
    )


@pytest.mark.mysql
def test_views_and_programs_of_mariadb_are_copied_and_not_replayed(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What comes after a repaired failure finds them as they were, and is judged rightly."""
    early = [
        _written(number, *_PROGRAMS[number]) if number in _PROGRAMS else _idle(number)
        for number in range(1, _LONG + 1)
    ]
    runs = []
    for failures in (1, 3):
        bad = [
            make(_LONG + 2 * number + place + 1)
            for number in range(failures)
            for place, make in enumerate((_fails_half_way, _forgets_a_view))
        ]
        last = _makes_a_view_again(_LONG + 2 * failures + 1)
        folder = tmp_path / f"with-{failures}"
        parts = [*early, *bad, last]
        finished, count = _run(folder, "mysql+pymysql", parts, request, 2)
        found = finished.verdicts()
        assert [found[part.revision] for part in bad] == ["failed", "residue"] * failures
        assert found[last.revision] == "passed", finished.text
        assert {found[part.revision] for part in early} == {"passed"}
        runs.append(count)

    assert runs[0] == runs[1]


@pytest.mark.parametrize("driver", _DRIVERS)
def test_a_long_history_is_copied_and_not_replayed_for_every_failure(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    idle = [_idle(number + 1) for number in range(_LONG)]
    runs = []
    for failures in (1, 3):
        bad = [
            make(_LONG + 3 * number + place + 1)
            for number in range(failures)
            for place, make in enumerate((_fails_half_way, _leaves_a_table, _fails_on_rows))
        ]
        folder = tmp_path / f"with-{failures}"
        finished, count = _run(folder, driver, [*idle, *bad], request, 2)
        assert finished.result("rollback-test"), finished.text
        verdicts = [finished.verdicts()[part.revision] for part in bad]
        assert verdicts == ["failed", "residue", "failed"] * failures, finished.text
        runs.append(count)

    assert runs[0] == runs[1]


_SEEDS = Written(
    revision="r001",
    down="r000",
    upgrade="""op.execute("insert into first (id) values (7)")
op.add_column("first", sa.Column("a", sa.Integer()))""",
    downgrade="""op.execute("delete from first where id = 7")
op.drop_column("first", "b")""",
)
_NEEDS_THE_SEED = Written(
    revision="r002",
    down="r001",
    upgrade="""op.create_table(
    "second",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("first_id", sa.Integer(), sa.ForeignKey("first.id", name="to_first")),
)
op.execute("insert into second (id, first_id) values (1, 7)")""",
    downgrade='op.drop_table("second")',
)


@pytest.mark.parametrize("driver", _DRIVERS)
def test_rows_that_a_failed_downgrade_has_deleted_are_there_again(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """MariaDB commits them before the statement that fails, whose schema is as it was."""
    finished, _ = _run(tmp_path / "project", driver, [_SEEDS, _NEEDS_THE_SEED], request, 0)

    assert finished.verdicts() == {"r000": "passed", "r001": "failed", "r002": "passed"}
    proofs = finished.result("rollback-test")["proofs"]
    assert [proof["notices"] for proof in proofs] == [[], [], []], finished.text


_DELETES_TOO_MUCH = Written(
    revision="r002",
    down="r001",
    upgrade='op.add_column("first", sa.Column("b", sa.Integer()))',
    downgrade="""op.execute("delete from first")
op.drop_column("first", "b")""",
)
_SEEDS_AND_GOES_BACK = Written(
    revision="r001",
    down="r000",
    upgrade='op.execute("insert into first (id) values (7)")',
    downgrade='op.execute("delete from first where id = 7")',
)
_READS_THE_SEED = Written(
    revision="r003",
    down="r002",
    upgrade="""bind = op.get_bind()
bind.execute(sa.text("select id from first where id = 7")).one()
op.add_column("first", sa.Column("c", sa.Integer()))""",
    downgrade='op.drop_column("first", "c")',
)


@pytest.mark.parametrize("driver", _DRIVERS)
def test_a_failure_for_lack_of_rows_that_came_earlier_is_none(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    parts = [_SEEDS_AND_GOES_BACK, _DELETES_TOO_MUCH, _READS_THE_SEED]

    finished, _ = _run(tmp_path / "project", driver, parts, request, 0)

    assert set(finished.verdicts().values()) == {"passed"}, finished.text
    (notice,) = finished.result("rollback-test")["proofs"][3]["notices"]
    assert "an earlier downgrade has changed rows" in notice["text"]


_LOCKS_AT_ONCE = """import os

import sqlalchemy as sa
from alembic import context

engine = sa.create_engine(os.environ["DATABASE_URL"])


@sa.event.listens_for(engine, "connect")
def _leave_transactions_alone(connection, record):
    connection.isolation_level = None


with engine.connect() as connection:
    context.configure(connection=connection)
    context.execute("PRAGMA foreign_keys=OFF")
    context.execute("BEGIN IMMEDIATE")
    with context.begin_transaction():
        context.run_migrations()
"""


def test_a_lock_of_env_py_does_not_keep_rows_out(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    idle = [_idle(number + 1) for number in range(_LONG)]
    bad = [_fails_on_rows(_LONG + number + 1) for number in range(2)]
    python = Path(sys.executable)
    first = _counting(tmp_path / "runs")
    directory = initialised(python, "generic", tmp_path / "project", first, *idle, *bad)
    (directory / "migrations" / "env.py").write_text(_LOCKS_AT_ONCE)
    job = Job(
        directory=directory, python=python, variables=variables_for(url_for("sqlite", request))
    )

    finished = job.run("rollback-test")

    verdicts = [finished.verdicts()[part.revision] for part in bad]
    assert verdicts == ["failed", "failed"], finished.text
    assert finished.result("rollback-test")["unfilled"] == []
