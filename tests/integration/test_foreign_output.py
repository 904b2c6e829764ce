"""What env.py prints must not act on the CI host."""

import re
from pathlib import Path

from cases import case
from cli import alembic_ci


def test_alembic_output_cannot_command_the_runner(tmp_path: Path) -> None:
    directory = case("env_prints").copied(tmp_path)
    env_file = directory / "migrations" / "env.py"
    env_file.write_text('print("::error::forged")\n' + env_file.read_text())

    run = alembic_ci(
        "alembic",
        "--",
        "current",
        directory=directory,
        variables={"DATABASE_URL": "sqlite:///x.db", "GITHUB_ACTIONS": "true"},
    )

    assert run.exit_code == 0, run.everything
    stopped = re.search(
        r"^::stop-commands::(\w+)\n(.*?)^::\1::$", run.stdout, re.MULTILINE | re.DOTALL
    )
    assert stopped
    assert "::error::forged" in stopped[2]
    assert "::error::forged" not in run.stdout.replace(stopped[0], "") + run.stderr


def test_colours_of_a_logger_are_no_part_of_what_is_shown(tmp_path: Path) -> None:
    directory = case("env_raises").copied(tmp_path)
    env = directory / "migrations" / "env.py"
    env.write_text('print("\\x1b[1;31mnot \\x1b[0mred")\n' + env.read_text())

    finished = alembic_ci(
        "status", directory=directory, variables={"DATABASE_URL": "sqlite:///x.db"}
    )

    assert "not red" in finished.stdout


def test_alembic_output_comes_as_it_is_where_no_host_reads_it(tmp_path: Path) -> None:
    directory = case("env_prints").copied(tmp_path)

    run = alembic_ci(
        "alembic",
        "--",
        "history",
        directory=directory,
        variables={"DATABASE_URL": "sqlite:///x.db"},
    )

    assert run.exit_code == 0, run.everything
    assert "<base> -> 0001" in run.stdout
    assert "stop-commands" not in run.stdout
