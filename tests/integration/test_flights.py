"""Several processes prove a long history at once, and find what one process finds."""

import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accidents import on, processes, wait_until
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from cli import finished, start
from jobs import Finished, Job, marked, url_for, variables_for
from template_projects import Written, initialised

_DRIVERS = [
    marked(driver, driver=driver) for driver in ("sqlite", "postgresql+psycopg2", "mysql+pymysql")
]
_LENGTH = 104  # revisions: enough for two flights
_TABLE = 'op.create_table("t{n}", sa.Column("id", sa.Integer(), primary_key=True))'
_DROP = 'op.drop_table("t{n}")'
_SLEEPING = "SELECT datname FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
_FAIL = '\nraise RuntimeError("no way back")'


def _history(log: Path, bad: Mapping[int, tuple[str, str]]) -> list[Written]:
    """Return tables, one after the other, but for *bad* ones.

    The first notes who runs it, and whose child that is.
    """
    first = (
        f'import os\nwith open({str(log)!r}, "a") as log:\n'
        '    log.write(f"{os.getpid()} {os.getppid()}\\n")\n'
    )
    written = []
    for number in range(_LENGTH):
        upgrade, downgrade = bad.get(number, (_TABLE, _DROP))
        written.append(
            Written(
                revision=f"r{number:03}",
                down=f"r{number - 1:03}" if number else None,
                upgrade=("" if number else first) + upgrade.format(n=number),
                downgrade=downgrade.format(n=number),
            )
        )
    return written


def _project(folder: Path, bad: Mapping[int, tuple[str, str]]) -> tuple[Path, Path]:
    log = folder.with_suffix(".pids")
    return initialised(Path(sys.executable), "generic", folder, *_history(log, bad)), log


def _proved(
    folder: Path,
    driver: str,
    bad: Mapping[int, tuple[str, str]],
    request: pytest.FixtureRequest,
    *arguments: str,
) -> tuple[Finished, int]:
    """Prove the history; also return how many processes ran its first revision.

    All of them are forked from one, which has imported Alembic.
    """
    directory, log = _project(folder, bad)
    variables = variables_for(url_for(driver, request))
    job = Job(directory=directory, python=Path(sys.executable), variables=variables)
    ended = job.run("rollback-test", *arguments)
    noted = [line.split() for line in log.read_text().splitlines()]
    runners, parents = zip(*noted, strict=True)
    assert len(set(parents)) == 1
    return ended, len(set(runners))


def _proofs(ended: Finished) -> list[Any]:
    """Return the proofs without what differs between two runs."""
    proofs = ended.result("rollback-test")["proofs"]
    for proof in proofs:
        proof.pop("duration", None)
    return list(proofs)


def _both(
    tmp_path: Path, driver: str, bad: Mapping[int, tuple[str, str]], request: pytest.FixtureRequest
) -> Sequence[Finished]:
    alone, _ = _proved(tmp_path / "project", driver, bad, request, "--rows=0", "--parallel=1")
    together, processes_of_first = _proved(
        tmp_path / "flights" / "project", driver, bad, request, "--rows=0", "--parallel=2"
    )
    assert processes_of_first > 1
    return alone, together


@pytest.mark.parametrize("driver", _DRIVERS)
def test_flights_find_what_one_process_finds(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    bad = {
        10: (_TABLE, 'op.execute("select 1")'),
        30: (_TABLE, _DROP + _FAIL),
        50: (_TABLE, _FAIL),
        80: (_TABLE, 'op.execute("select 1")'),
        95: (_TABLE, _DROP + _FAIL),
        _LENGTH - 1: (_TABLE, 'op.execute("select 1")'),
    }
    alone, together = _both(tmp_path, driver, bad, request)

    verdicts = together.verdicts()
    assert list(verdicts) == [f"r{number:03}" for number in range(_LENGTH)], together.text
    assert {name for name, verdict in verdicts.items() if verdict != "passed"} == {
        f"r{number:03}" for number in bad
    }
    assert _proofs(together) == _proofs(alone)


@pytest.mark.parametrize(
    ("driver", "number"),
    [
        marked("sqlite", 20, driver="sqlite", name="below"),
        marked("postgresql+psycopg2", 20, driver="postgresql", name="below"),
        marked("mysql+pymysql", 90, driver="mysql", name="above"),
    ],
)
def test_what_cannot_be_applied_ends_both_alike(
    driver: str, number: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    bad = {5: (_TABLE, 'op.execute("select 1")'), number: (_TABLE + _FAIL, _DROP)}
    alone, together = _both(tmp_path, driver, bad, request)

    verdicts = list(together.verdicts().values())
    assert verdicts[number:] == ["failed"] + ["not-run"] * (_LENGTH - number - 1), together.text
    assert _proofs(together) == _proofs(alone)


_ELSEWHERE = (
    """from alembic import context
alone = context.get_context().opts["transaction_per_migration"]
op.create_table("t{n}" if alone else "u{n}", sa.Column("id", sa.Integer(), primary_key=True))""",
    'op.execute("drop table if exists t{n}")\nop.execute("drop table if exists u{n}")',
)


@pytest.mark.parametrize("driver", _DRIVERS[:2])
@pytest.mark.parametrize(
    ("last", "states"),
    [
        ((_TABLE, _DROP), ["passed", "passed", "passed"]),
        ((_TABLE, 'op.execute("select 1")'), ["passed", "passed", "skipped"]),
        (_ELSEWHERE, ["failed", "skipped", "skipped"]),
    ],
    ids=["clean", "residue", "elsewhere"],
)
def test_the_way_in_one_go_beside_the_proofs(
    driver: str,
    last: tuple[str, str],
    states: list[str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    legs, ran = [], []
    for processors in ("1", "2"):
        folder = tmp_path / processors / "project"
        ended, count = _proved(
            folder, driver, {90: last}, request, "--rows=0", f"--parallel={processors}"
        )
        legs.append(ended.result("rollback-test")["round_trip"])
        ran.append(count)
        for leg in legs[-1]:
            leg.pop("duration")

    assert legs[0] == legs[1]
    assert [leg["state"] for leg in legs[0]] == states, ended.text
    if states[-1] == "passed":  # else what failed is confirmed in further ones
        assert ran == [1, 3]


_ADD = 'op.add_column("{}", sa.Column("note", sa.String(20){}))'
_TAKE = 'op.drop_column("{}", "note")'
_OLD = 'op.create_table("old", sa.Column("id", sa.Integer(), primary_key=True))'


@pytest.mark.parametrize("driver", _DRIVERS)
def test_a_trial_in_two_parts_finds_what_a_whole_one_finds(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    def on_rows(table: str) -> tuple[str, str]:
        if driver == "sqlite":  # which knows no other way than to copy the table
            key = f'op.execute("create unique index k_{table} on {table} ((id is null))")'
            return key, f'op.execute("drop index k_{table}")'
        key = f'op.execute("alter table {table} add column n integer not null unique")'
        return key, f'op.execute("alter table {table} drop column n")'

    bad = {
        0: (_OLD, 'op.drop_table("old")'),
        20: (_ADD.format("t3", ""), _TAKE.format("t3")),
        30: on_rows("t5"),
        70: (_ADD.format("old", ""), _TAKE.format("old")),
        80: (_TAKE.format("t3"), _ADD.format("t3", "")),
        90: on_rows("t60"),
    }
    results, ran = [], []
    for name, arguments in {
        "whole": ("--parallel=2",),
        "divided": ("--parallel=2",),
        "one after the other": ("--parallel=1",),
    }.items():
        folder = tmp_path / name / "project"
        if name == "whole":  # rows of users are for all revisions that follow
            rows = folder / "alembic-ci-rows" / "r001.sql"
            rows.parent.mkdir(parents=True)
            rows.write_text("SELECT 1;")
        scope = f"--scope={_LENGTH - 1}"
        ended, count = _proved(folder, driver, bad, request, "--rows=2", scope, *arguments)
        result = ended.result("rollback-test")
        for statement in result["statements"]:
            statement.pop("duration")
        results.append((_proofs(ended), result["statements"], result["unfilled"]))
        ran.append(count)

    proofs, statements, unfilled = results[0]
    assert ran == [3, 4, 1]
    for found in results[1:]:
        for ours, theirs in zip(results[0], found, strict=True):
            assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []
    assert {proof["revision"] for proof in proofs if proof["only_with_rows"]} == {"r030", "r090"}
    assert [proof["revision"] for proof in proofs if proof["losses"]] == ["r080"]
    refused = {"table t5", "table t60"} if driver == "sqlite" else set()
    assert {item["object"] for item in unfilled} == refused
    if driver == "mysql+pymysql":
        measured = {s["revision"] for s in statements if s["algorithm"] == "INSTANT"}
        assert measured == {"r070"}


@pytest.mark.postgresql
def test_what_flights_captured_is_in_the_script(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    asking = """name = op.get_bind().execute(sa.text("select current_database()")).scalar()
op.execute('comment on database "' + name + '" is ' + "{}")"""
    comment = asking.format("'{n}'"), asking.format("null")
    bad = dict.fromkeys((9, 90), comment)
    directory, _ = _project(tmp_path / "project", bad)
    scripts = []
    for processors in ("1", "2"):
        url = url_for("postgresql+psycopg2", request)
        job = Job(directory=directory, python=Path(sys.executable), variables=variables_for(url))
        job.run("run", "--rows=0", f"--parallel={processors}", "--steps=sql,rollback-test")
        (script,) = (directory / "alembic-ci-report").rglob("upgrade.sql")
        assert f"\"{url.database}\" is '90'" in script.read_text()
        scripts.append(script.read_text())

    assert scripts[0] == scripts[1]


def test_what_all_databases_of_a_server_share_is_left_to_one_process(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    bad = {70: (_TABLE + '\nif False:\n    op.execute("CREATE  role app")', _DROP)}
    ended, count = _proved(tmp_path / "project", "sqlite", bad, request, "--rows=0", "--parallel=2")

    assert set(ended.verdicts().values()) == {"passed"}, ended.text
    assert count == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_all_flights(
    number: signal.Signals, tmp_path: Path, postgresql_url: DatabaseURL
) -> None:
    napping = f"""import os
open("asleep-" + str(os.getpid()), "w").close()
op.execute("SELECT pg_sleep(60)")
{_TABLE}"""
    directory, _ = _project(tmp_path / "project", {5: (napping, _DROP)})
    process = start(
        ("rollback-test", "--rows=0", "--parallel=2"),
        directory=directory,
        variables=on(postgresql_url),
    )
    wait_until(lambda: len(list(directory.glob("asleep-*"))) > 1)
    time.sleep(0.3)  # from the file to the statement
    with Control.open(postgresql_url, timeout=5) as control:
        used = [name for (name,) in control.query(_SLEEPING)]
        assert len(used) > 1

        process.send_signal(number)
        ended = finished(process, directory)

        wait_until(lambda: not list(processes(str(directory))))
        if number is signal.SIGTERM:
            assert ended.exit_code == 128 + number, ended.everything
            there = {name for (name,) in control.query("SELECT datname FROM pg_database")}
            assert not there & set(used)


def test_a_flight_knows_of_the_revisions_that_others_prove(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    # r000 <- ... <- r079 <- s1 <- r080 <- ...; s1 needs s0, which stands on r079; a0 comes last
    line = [*(f"r{number:03}" for number in range(80)), "s1"]
    line += [f"r{number:03}" for number in range(80, 160)]
    made = [Written(revision="a0", down=None, upgrade="pass", downgrade="pass")]
    made += [replace(made[0], revision="s0", down="r079")]
    for down, name in zip([None, *line], line, strict=False):
        needs = "s0" if name == "s1" else None
        made.append(replace(made[0], revision=name, down=down, depends_on=needs))
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", *made)
    variables = variables_for(url_for("sqlite", request))
    job = Job(directory=directory, python=Path(sys.executable), variables=variables)

    ended = job.run("rollback-test", "--target=heads", "--rows=0", "--parallel=3")

    verdicts = ended.verdicts()
    assert [name for name, verdict in verdicts.items() if verdict != "passed"] == ["s1"]
    assert list(verdicts)[-1] == "a0"
