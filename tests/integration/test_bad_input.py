"""Whatever a project, a variable or a machine does wrong is said in words, with what to do."""

import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from accidents import SQLITE, add_revision, project, run, told
from cases import case
from image.file_commands import key_values

ENV_FAILURES = {
    'raise RuntimeError("boom")': (2, "env", "env.py failed with RuntimeError: boom"),
    "raise RuntimeError": (2, "env", "env.py failed with RuntimeError"),
    "import asyncio; raise asyncio.CancelledError": (2, "env", "CancelledError"),
    'import sys; sys.exit("no settings")': (2, "env", "env.py called sys.exit(no settings)."),
    "import nosuchmodule": (2, "env", "No module named 'nosuchmodule'"),
    "from sqlalchemy import nosuchname": (2, "env", "env.py:1: cannot import name 'nosuchname'"),
    "def (": (2, "env", "env.py:1 is not valid Python: invalid syntax"),
    'import os; os.environ["APP_MODE"]': (2, "env", "KeyError 'APP_MODE' at env.py:1"),
    'from alembic import context; context.config.attributes["connection"]': (
        2,
        "env",
        "env.py expects a connection from the program that calls Alembic.",
    ),
    'open("settings.toml")': (2, "env", "settings.toml"),
    'input("Sure? ")': (2, "env", "env.py asked for input (env.py:1)"),
    'import sqlalchemy; sqlalchemy.create_engine("sqlite:////no/folder/x.db").connect()': (
        2,
        "env",
        "env.py could not connect to its database: unable to open database file",
    ),
    "import os; os._exit(0)": (1, "worker", "exit status 0"),
    "import os; os.kill(os.getpid(), 11)": (1, "worker", "SIGSEGV"),
    "import os; os.kill(os.getpid(), 9)": (1, "worker", "SIGKILL"),
    "import os; os.closerange(3, 99)": (1, "worker", "exit status 1"),
}

HARMLESS = {
    "prints fifty megabytes": 'print("x" * 50_000_000)',
    "prints many lines": 'for _ in range(100_000): print("x" * 100)',
    "prints bytes that are no text": 'import os; os.write(1, b"\\xff\\x00\\xfe\\n")',
    "reads its empty input": "import sys; assert sys.stdin.read() == ''",
    "closes its streams": "import os; os.close(1); os.close(2)",
    "leaves a process that holds them": 'import subprocess; subprocess.Popen(["sleep", "9"])',
    "leaves a session that holds them": (
        'import subprocess; subprocess.Popen(["sleep", "9"], start_new_session=True)'
    ),
    "leaves a thread": "import threading as t, time; t.Thread(target=time.sleep, args=[9]).start()",
}


@pytest.mark.parametrize("code", ENV_FAILURES)
def test_a_failing_env_file_is_explained(code: str, tmp_path: Path) -> None:
    exit_code, failure_class, words = ENV_FAILURES[code]

    finished = run(project(tmp_path, env=code), "status")

    problem = told(finished)
    assert finished.exit_code == exit_code, finished.everything
    assert problem["failure_class"] == failure_class
    assert words in problem["problem"]
    assert problem["file"] == ("migrations/env.py" if failure_class == "env" else None)


@pytest.mark.parametrize("name", HARMLESS)
def test_an_env_file_may_do_odd_things(name: str, tmp_path: Path) -> None:
    finished = run(project(tmp_path, env=HARMLESS[name]), "upgrade")

    assert finished.exit_code == 0, finished.everything


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(60)",
        "import signal, time\nfor s in (2, 15): signal.signal(s, signal.SIG_IGN)\ntime.sleep(60)",
    ],
)
def test_an_env_file_that_hangs_is_ended_and_its_output_shows_where(
    code: str, tmp_path: Path
) -> None:
    finished = run(project(tmp_path, env=code), "status", "--start-timeout=8")

    problem = told(finished)
    assert (finished.exit_code, problem["failure_class"]) == (1, "timeout")
    assert "within 8 s" in problem["problem"]
    assert f'env.py", line {len(code.splitlines())}' in problem["output"]


def test_what_an_env_file_writes_into_the_pipes_is_not_believed(tmp_path: Path) -> None:
    message = '{"event": "ended", "calls": 1, "inside": null, "failure": null}'
    forging = f"""
import os
for descriptor in range(3, 32):
    try:
        os.write(descriptor, b'{message}\\n')
    except OSError:
        pass
"""

    finished = run(project(tmp_path, env=forging), "upgrade", variables=SQLITE)

    assert finished.exit_code == 1
    assert "private pipe" in finished.stdout
    assert "mistake in alembic-ci" not in finished.everything


def test_an_env_file_that_connects_elsewhere_changes_nothing_there(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE precious (id INTEGER)")
    before = other.read_bytes()
    directory = case("env_connects_elsewhere").copied(tmp_path)
    (directory / "other-url.txt").write_text(f"sqlite:///{other}")

    finished = run(directory, "run")

    assert finished.exit_code == 6
    assert "Nothing was run" in told(finished)["problem"]
    assert other.read_bytes() == before
    assert not (directory / "shop.db").exists()


def test_a_file_that_raises_is_named_and_not_env_py(tmp_path: Path) -> None:
    finished = run(project(tmp_path, r0003='raise ValueError("odd")'), "run")

    problem = told(finished)
    assert problem["problem"].startswith("0003_create_dishes.py failed with ValueError: odd")
    assert problem["file"] == "migrations/versions/0003_create_dishes.py"


def test_a_revision_is_never_offered_itself_as_its_parent(tmp_path: Path) -> None:
    finished = run(case("unknown_parent").copied(tmp_path), "run")

    assert told(finished)["remedy"].endswith("Did you mean 0001?")


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (["run"], {}, "There is no database URL"),
        (["run"], {"DATABASE_URL": ""}, "DATABASE_URL is set but empty"),
        (["run"], {"DEV_DATABASE_URL": "sqlite://", "DEV_DATABASE_URL_FILE": "x"}, "at once"),
        (["run"], {"DATABASE_URL": "oracle://a:geheim@b/c"}, '"oracle" is not supported'),
        (["run", "--steps=bogus"], SQLITE, "bogus"),
        (["run", "--scope=0"], SQLITE, "--scope"),
        (["run", "--connect-timeout=soon"], SQLITE, "--connect-timeout"),
        (["run", "--config=nowhere.ini"], SQLITE, "nowhere.ini"),
        (["run", "--name=nothing"], SQLITE, "[nothing]"),
        (["run", "--working-directory=nowhere"], SQLITE, "nowhere"),
        (["run", "--python=/no/python"], SQLITE, "/no/python"),
        (["sql", "--target=nosuch"], SQLITE, "nosuch"),
        (["downgrade"], SQLITE, "needs a target"),
    ],
)
def test_wrong_settings_reach_the_job_as_outputs(
    arguments: list[str], variables: dict[str, str], words: str, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    outputs = tmp_path / "output"

    finished = run(
        directory,
        *arguments,
        variables={**variables, "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(outputs)},
    )

    assert finished.exit_code == 2, finished.everything
    assert words in told(finished)["problem"]
    assert key_values(outputs.read_text())["exit-code"] == "2"
    assert "::error" in finished.stdout
    assert "geheim" not in finished.everything
    assert not (directory / "shop.db").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["statsu"], "Did you mean 'status'?"),
        (["status", "--tagret=1"], "--target"),
        (["status", "more"], "unexpected extra argument"),
    ],
)
def test_a_typing_error_is_pointed_out(arguments: list[str], words: str, tmp_path: Path) -> None:
    finished = run(project(tmp_path), *arguments)

    assert finished.exit_code == 2
    assert words in finished.stderr


def _write_versions(directory: Path, *versions: str) -> None:
    with closing(sqlite3.connect(directory / "shop.db")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.executemany(
            "INSERT INTO alembic_version VALUES (?)", [(version,) for version in versions]
        )


@pytest.mark.parametrize("command", ["status", "sql", "rollback-test", "upgrade", "run"])
def test_a_database_at_an_unknown_revision_is_left_alone(command: str, tmp_path: Path) -> None:
    directory = project(tmp_path)
    _write_versions(directory, "dead")

    finished = run(directory, command)

    assert finished.exit_code == 1
    assert "at revision dead" in told(finished)["problem"]
    assert "up to date" not in finished.stdout
    assert finished.database()["status_after"]["current"] == ["dead"]


def test_a_version_table_with_a_revision_and_its_parent_is_refused_as_alembic_does(
    tmp_path: Path,
) -> None:
    directory = project(tmp_path)
    _write_versions(directory, "0001", "0003")

    refused = run(directory, "upgrade")
    problem = told(refused)
    stamped = run(directory, "stamp", "--target=0003")

    assert refused.exit_code == 1
    assert "0001 came before 0003" in problem["problem"]
    assert "--target 0003" in problem["remedy"]
    assert stamped.exit_code == 0, stamped.everything
    assert stamped.database()["status_after"]["current"] == ["0003"]


def test_only_the_rows_of_one_line_are_told_to_follow_each_other(tmp_path: Path) -> None:
    directory = project(tmp_path)
    other = add_revision(directory, "pass")
    other.write_text(other.read_text().replace('down_revision = "0003"', "down_revision = None"))
    _write_versions(directory, "0001", "0003", "0004")

    problem = told(run(directory, "upgrade", "--target=heads"))
    stamped = run(directory, "stamp", "--target=0003 0004")

    assert problem["problem"].endswith("and 0001 came before 0003.")
    assert "--target '0003 0004'" in problem["remedy"]
    assert stamped.exit_code == 0, stamped.everything


def test_a_report_folder_that_cannot_be_written_stops_before_the_database(tmp_path: Path) -> None:
    directory = project(tmp_path)
    (directory / "reports").write_text("a file")
    outputs = tmp_path / "output"

    finished = run(
        directory,
        "upgrade",
        "--report-dir=reports",
        variables={**SQLITE, "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(outputs)},
    )

    assert finished.exit_code == 2
    assert "it is not a folder" in finished.stdout
    assert "--report-dir" in finished.stdout
    assert key_values(outputs.read_text())["status"] == "failed"
    assert not (directory / "shop.db").exists()


@pytest.mark.parametrize("link", ["reports", "reports/sql", "reports/sql/development"])
def test_no_link_in_a_checkout_leads_the_reports_elsewhere(link: str, tmp_path: Path) -> None:
    directory = project(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "development").mkdir(parents=True)
    (elsewhere / "development" / "precious").touch()
    before = set(elsewhere.rglob("*"))
    (directory / link).parent.mkdir(parents=True, exist_ok=True)
    (directory / link).symlink_to(elsewhere, target_is_directory=True)

    finished = run(directory, "run", "--report-dir=reports", variables=SQLITE)

    assert finished.exit_code == 6
    assert "is a link" in finished.stdout
    assert set(elsewhere.rglob("*")) == before


def test_no_link_of_an_env_file_leads_the_reports_elsewhere(tmp_path: Path) -> None:
    directory = project(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    env_file = directory / "migrations" / "env.py"
    swap = (
        "import os, shutil\n"
        "shutil.rmtree('alembic-ci-report', ignore_errors=True)\n"
        "os.path.islink('alembic-ci-report') or os.symlink('../elsewhere', 'alembic-ci-report')\n"
    )
    env_file.write_text(swap + env_file.read_text())

    finished = run(directory, "run", variables=SQLITE)

    assert finished.exit_code == 6
    assert not list((tmp_path / "elsewhere").iterdir())


def test_the_users_own_link_may_lead_the_reports_elsewhere(tmp_path: Path) -> None:
    directory = project(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    (tmp_path / "real").mkdir()

    finished = run(directory, "run", f"--report-dir={tmp_path / 'link'}", variables=SQLITE)

    assert finished.exit_code == 0, finished.everything
    assert (tmp_path / "real" / "sql" / "development" / "upgrade.sql").is_file()


@pytest.mark.parametrize("value", ["", "/no/folder/file", "/"])
def test_github_files_that_cannot_be_written_fail_nothing(value: str, tmp_path: Path) -> None:
    variables = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": value, "GITHUB_STEP_SUMMARY": value}

    finished = run(project(tmp_path), "upgrade", variables={**SQLITE, **variables})

    assert finished.exit_code == 0, finished.everything
    assert "GITHUB_OUTPUT" in finished.stderr


@pytest.mark.parametrize(
    "streams",
    ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full 2>/dev/full", "| true", "| head -n 1"],
)
def test_streams_that_are_closed_full_or_nobody_reads_change_nothing(
    streams: str, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    command = f'{{ "{sys.executable}" -m alembic_ci upgrade; echo $? >code; }} {streams}'

    subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=directory,
        env={**SQLITE, "PATH": os.environ["PATH"]},
        check=False,
        capture_output=True,
    )

    assert (directory / "code").read_text() == "0\n"
    assert (directory / "alembic-ci-report/report.json").is_file()


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PATH": "/nowhere"},
    ],
)
def test_folders_of_any_name_and_an_empty_environment_will_do(
    variables: dict[str, str], tmp_path: Path
) -> None:
    place = tmp_path / "a shop, ü:é"
    place.mkdir()
    directory = project(place)

    done = subprocess.run(
        [sys.executable, "-m", "alembic_ci", "run"],
        cwd=directory,
        env={**SQLITE, **variables},
        check=False,
        capture_output=True,
    )

    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert (directory / "alembic-ci-report/report.json").is_file()


def test_a_terminal_sees_a_bar_that_is_gone_in_the_end(tmp_path: Path) -> None:
    directory = project(tmp_path)
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(directory)
        os.execve(sys.executable, [sys.executable, "-m", "alembic_ci", "upgrade"], SQLITE)

    shown = b""
    with closing(os.fdopen(terminal, "rb", buffering=0)) as stream:
        while chunk := _read(stream.fileno()):
            shown += chunk
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    lines = [line.split("\r\x1b[K")[-1] for line in shown.decode().split("\r\n")]
    assert status == 0
    assert "█" in shown.decode()
    assert not any("█" in line for line in lines)


def _read(descriptor: int) -> bytes:
    """Read from a terminal; on Linux the end of its other side is an error."""
    try:
        return os.read(descriptor, 65_536)
    except OSError:
        return b""


def test_hostile_names_stay_inside_the_report_and_give_no_commands(tmp_path: Path) -> None:
    directory = project(tmp_path)
    path = add_revision(directory, 'print("::set-output name=a::b\\n##[error]x"); op.nothing()')
    evil = "::error::owned\\n##[group]x\\n\\x1b[2J::add-mask::e"
    path.write_text(
        f'"""{evil}"""\n' + path.read_text().replace('revision = "0004"', 'revision = "../../../x"')
    )
    outputs = tmp_path / "output"
    before = {item for item in tmp_path.rglob("*") if "report" not in str(item)}

    finished = run(
        directory,
        "run",
        "--verbose",
        variables={**SQLITE, "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(outputs)},
    )

    assert finished.exit_code == 1
    made = {item for item in tmp_path.rglob("*") if "alembic-ci-report" not in str(item)} - before
    assert {item.name for item in made} <= {"output", "__pycache__"} | {
        item.name for item in made if item.suffix == ".pyc"
    }
    assert "\x1b" not in finished.stdout
    assert all(
        line.startswith(("::error file=migrations/", "::notice file=migrations/"))
        for line in _commands(finished.stdout)
    )
    assert "owned" not in key_values(outputs.read_text())


def _commands(log: str) -> list[str]:
    """Return the lines of a log that the GitHub runner would obey."""
    obeyed, token = [], ""
    for line in log.splitlines():
        if token:
            token = "" if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.lstrip().startswith("::") or "##[" in line:
            obeyed.append(line)
    return obeyed


@pytest.mark.parametrize("accident", ["os._exit(3)", "os.kill(os.getppid(), 15); time.sleep(60)"])
def test_a_way_back_that_never_ends_leaves_no_half_of_the_scripts(
    accident: str, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(directory, 'op.execute("SELECT 1")', downgrade=f"import os, time; {accident}")
    folder = directory / "alembic-ci-report/sql"
    folder.mkdir(parents=True)
    (folder / "development").mkdir()
    (folder / "development/upgrade.sql").write_text("-- of an earlier run")

    finished = run(directory, "sql", "--sql-offline", variables=SQLITE)

    assert finished.exit_code == (1 if "_exit" in accident else 143), finished.everything
    assert not list(folder.rglob("*.sql"))


def test_a_revision_that_fails_where_it_is_tried_is_named_with_the_reason(tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(directory, 'op.execute("INSERT INTO nowhere VALUES (1)")')

    finished = run(directory, "sql")

    assert finished.exit_code == 0, finished.everything
    assert "revision 0004 fails on the scratch database: no such table: nowhere" in finished.stdout


@pytest.mark.parametrize(
    "wanted",
    ['import os; os.environ["APP_NAME"]', 'context.get_x_argument(as_dictionary=True)["tenant"]'],
)
def test_a_revision_that_lacks_a_variable_or_an_argument_is_told_where_to_give_it(
    wanted: str, tmp_path: Path
) -> None:
    folder = project(tmp_path)
    add_revision(folder, f"from alembic import context; {wanted}")

    finished = run(folder, "rollback-test")

    assert finished.exit_code == 1
    (*_, proof) = finished.step("rollback-test")["result"]["proofs"]
    assert "set it in this job" in proof["problem"]["remedy"]
    assert "--x KEY=VALUE" in proof["problem"]["remedy"]
