"""Repairing a scratch database after a failure costs the same in a long history."""

import sys
from pathlib import Path

import pytest

from jobs import Job, marked, url_for, variables_for
from template_projects import Written, initialised

_DRIVERS = [marked(driver, driver=driver) for driver in ("sqlite", "postgresql+psycopg2")]


def _counting(count: Path) -> Written:
    return Written(
        revision="r000",
        down=None,
        upgrade=f"""with open({str(count)!r}, "a") as log:
    log.write("x")
op.create_table("first", sa.Column("id", sa.Integer(), primary_key=True))""",
        downgrade='op.drop_table("first")',
    )


def _failing(number: int) -> Written:
    """Return a revision whose downgrade fails after it has dropped its table's column."""
    table = f"t{number}"
    return Written(
        revision=f"r{number:03}",
        down=f"r{number - 1:03}",
        upgrade=f"""op.create_table(
    "{table}", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer())
)
op.execute("insert into {table} (id, a) values (1, 2)")""",
        downgrade=f"""op.drop_column("{table}", "a")
op.execute("insert into {table} (id) values (2)")
raise RuntimeError("no way back")""",
    )


@pytest.mark.parametrize("driver", _DRIVERS)
def test_what_came_first_is_not_run_again_for_every_failure(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    runs = []
    for failures in (1, 3):
        count = tmp_path / f"runs-{failures}"
        parts = (_counting(count), *(_failing(number + 1) for number in range(failures)))
        directory = initialised(
            Path(sys.executable), "generic", tmp_path / f"project-{failures}", *parts
        )
        url = url_for(driver, request)
        job = Job(directory=directory, python=Path(sys.executable), variables=variables_for(url))
        finished = job.run("rollback-test", "--rows=0")
        assert finished.verdicts() == {"r000": "passed"} | {
            f"r{number + 1:03}": "failed" for number in range(failures)
        }, finished.text
        runs.append(len(count.read_text()))

    assert runs[0] == runs[1]
