"""A password, a token or another environment's URL is nowhere to be read."""

import html
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from accidents import add_revision, on, processes, project, run, sleepy, wait_until
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from cli import Run, finished, start

PASSWORD = "s3cr/t%41@é 'x\"#"
OTHERS = {
    "GITHUB_TOKEN": "ghs_tokentokentoken",
    "CI_JOB_TOKEN": "glcbt-tokentoken",
    "PROD_DATABASE_URL": "postgresql://root:prodpassword@prod.example/shop",
    "STAGE_DATABASE_PASSWORD": "stagepassword",
}
TELLING = """
import json, os, sys
print("environment", json.dumps(dict(os.environ)), dict(os.environ))
from alembic import context
print("url", context.config.get_main_option("sqlalchemy.url"), file=sys.stderr)
"""


@pytest.fixture
def secret_url(postgresql_url: DatabaseURL) -> Iterator[DatabaseURL]:
    """A database of a user whose password needs quoting everywhere."""
    user = f"keeper_{secrets.token_hex(4)}"
    literal = PASSWORD.replace("'", "''")
    with Control.open(postgresql_url, timeout=5) as control:
        control.execute(f"CREATE ROLE {user} SUPERUSER LOGIN PASSWORD '{literal}'")
        yield replace(postgresql_url, username=user, password=PASSWORD, written="")
        control.execute(f"REASSIGN OWNED BY {user} TO CURRENT_USER")
        control.execute(f"DROP OWNED BY {user}")
        control.execute(f"DROP ROLE {user}")


def leaks(text: str) -> list[str]:
    """Return what of the secrets stands in a text."""
    forms = {PASSWORD, quote(PASSWORD), quote(PASSWORD, safe=""), repr(PASSWORD)[1:-1]}
    forms |= {json.dumps(PASSWORD)[1:-1], html.escape(PASSWORD)}
    forms |= {form.replace("%", "%%") for form in forms}
    forms |= {"tokentoken", "prodpassword", "stagepassword"}
    return [form for form in forms if form in text]


def everything(finished: Run) -> str:
    """Return all that a run has written anywhere."""
    files = (file for file in finished.folder.rglob("*") if file.is_file())
    return finished.everything + "".join(file.read_text() for file in files)


@pytest.mark.postgresql
@pytest.mark.parametrize("accident", ["", "raise RuntimeError(dict(os.environ))", "os._exit(1)"])
def test_an_env_file_cannot_print_a_secret(
    accident: str, secret_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path, env=TELLING + accident)
    variables = {**on(secret_url), **OTHERS}

    done = run(directory, "run", "--verbose", "--environments=dev", variables=variables)

    assert "environment {" in done.everything
    assert done.exit_code == 0 or accident
    assert leaks(everything(done)) == []


@pytest.mark.postgresql
def test_a_revision_cannot_raise_or_execute_a_secret_into_a_report(
    secret_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        "import os\nurl = os.environ['DATABASE_URL'].replace('%', '%%')\n"
        'op.get_bind().exec_driver_sql("SELECT 1 FROM x -- " + url)',
    )

    done = run(directory, "upgrade", variables={**on(secret_url), **OTHERS})

    assert done.exit_code == 1
    assert leaks(everything(done)) == []


@pytest.mark.postgresql
def test_no_process_shows_a_secret_and_the_worker_has_only_its_own(
    secret_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = sleepy(tmp_path)
    process = start(
        ["upgrade", "--environments=dev"],
        directory=directory,
        variables={**on(secret_url), **OTHERS},
    )
    wait_until((directory / "asleep").exists)
    workers = set(processes(str(directory))) - {process.pid}

    arguments = [_read(pid, "cmdline") for pid in _all_processes()]
    environments = [_read(pid, "environ") for pid in workers]
    process.terminate()
    finished(process, directory)

    assert leaks("\n".join(arguments)) == []
    assert environments
    for environment in environments:
        assert "DATABASE_URL=" in environment
        assert not set(leaks(environment)) & {"tokentoken", "prodpassword", "stagepassword"}


def _all_processes() -> Iterator[int]:
    return (int(item.name) for item in Path("/proc").iterdir() if re.fullmatch(r"\d+", item.name))


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace")
    except OSError:
        return ""


@pytest.mark.parametrize("variable", ["DATABASE_URL", "SCRATCH_DATABASE_URL", "DEV_DATABASE_URLS"])
def test_an_unusable_url_is_not_repeated(variable: str, tmp_path: Path) -> None:
    url = "postgresql//keeper:hunter2hunter2@db/shop"

    done = run(project(tmp_path), "run", variables={variable: url, "GITHUB_ACTIONS": "true"})

    assert done.exit_code == 2
    assert "hunter2" not in everything(done)
