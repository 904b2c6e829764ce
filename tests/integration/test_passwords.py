"""Passwords with every awkward character, on real servers, in every form a job can give them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL, Dialect
from environments import ASYNC, CURRENT
from jobs import Finished, Job, dialect_of, marked
from servers import fresh_database
from template_projects import ALL_SOUND, SOUND, edit, initialised

_TIMEOUT = 30.0  # seconds
_ASYNC_DRIVERS = ("postgresql+asyncpg", "postgresql+psycopg", "mysql+asyncmy", "mysql+aiomysql")
_USER = "über user"
_PASSWORD = "p%40@ss:w/rd#1 %s%% ünï?&=+$'\"~ö"
_PRINT = """config = context.config
print("URL:", config.get_main_option("sqlalchemy.url"))
import os, sqlalchemy
print("PASSWORD:", sqlalchemy.make_url(os.environ["DATABASE_URL"]).password)
"""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def _role(admin: DatabaseURL) -> Iterator[None]:
    """Make a user who may do everything, and drop it after."""
    postgresql = admin.dialect is Dialect.POSTGRESQL
    user = f'"{_USER}"' if postgresql else f"'{_USER}'@'%'"
    made = (
        f"create role {user} superuser login password"
        if postgresql
        else (f"create user {user} identified by")
    )
    with Control.open(admin, timeout=_TIMEOUT) as control:
        control.execute(f"{made} {_literal(_PASSWORD)}")
        if not postgresql:
            control.execute(f"grant all privileges on *.* to {user}")
    try:
        yield
    finally:
        with Control.open(admin, timeout=_TIMEOUT) as control:
            if postgresql:
                control.execute(f'reassign owned by {user} to "{admin.username}"')
            control.execute(f"drop {'role' if postgresql else 'user'} {user}")


@pytest.fixture(
    params=[
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mysql),
    ]
)
def place(request: pytest.FixtureRequest) -> Iterator[DatabaseURL]:
    """An empty database on a server that knows the user."""
    admin: DatabaseURL = request.getfixturevalue(f"{request.param}_admin")
    with _role(admin), fresh_database(admin) as url:
        yield url


def _encoded(url: DatabaseURL, driver: str) -> str:
    user, password = quote(_USER, safe=""), quote(_PASSWORD, safe="")
    return f"{driver}://{user}:{password}@{url.host}:{url.port}/{url.database}"


def _raw(url: DatabaseURL, driver: str) -> str:
    return f"{driver}://{_USER}:{_PASSWORD}@{url.host}:{url.port}/{url.database}"


def _split(url: DatabaseURL, driver: str) -> dict[str, str]:
    return {
        "QA_DATABASE_DIALECT": driver,
        "QA_DATABASE_HOST": url.host or "",
        "QA_DATABASE_PORT": str(url.port),
        "QA_DATABASE_USER": _USER,
        "QA_DATABASE_NAME": url.database or "",
    }


def _forms(url: DatabaseURL, driver: str, folder: Path) -> dict[str, dict[str, str]]:
    (folder / "url").write_text(_encoded(url, driver) + "\n", encoding="utf-8")
    (folder / "password").write_text(_PASSWORD + "\n", encoding="utf-8")
    return {
        "url": {"QA_DATABASE_URL": _encoded(url, driver)},
        "raw url": {"QA_DATABASE_URL": _raw(url, driver)},
        "url file": {"QA_DATABASE_URL_FILE": str(folder / "url")},
        "split": {**_split(url, driver), "QA_DATABASE_PASSWORD": _PASSWORD},
        "split file": {
            **_split(url, driver),
            "QA_DATABASE_PASSWORD_FILE": str(folder / "password"),
        },
        "list": {"QA_DATABASE_URLS": f"only={_encoded(url, driver)}"},
    }


def test_an_awkward_password_works_in_every_form_and_is_never_shown(
    place: DatabaseURL, tmp_path: Path
) -> None:
    driver = "postgresql+psycopg2" if place.dialect is Dialect.POSTGRESQL else "mysql+pymysql"
    folder = initialised(CURRENT.interpreter(), "generic", tmp_path / "project", *SOUND)
    edit(folder / "migrations" / "env.py", "config = context.config\n", _PRINT)
    job = Job(directory=folder, python=CURRENT.interpreter(), variables={})
    forms = _forms(place, driver, tmp_path)

    for form, variables in forms.items():
        run = job.passed("status", "--environments=qa", "--verbose", **variables)
        assert "PASSWORD: ***" in run.text, form
        _assert_silent(run, folder)
    scratch = _encoded(place, driver)
    whole = job.passed(
        "run", "--environments=qa", "--verbose", **forms["split"], SCRATCH_DATABASE_URL=scratch
    )

    assert whole.verdicts() == ALL_SOUND
    assert whole.stands_at() == ["ccc3"]
    _assert_silent(whole, folder)


@pytest.mark.parametrize(
    ("place", "driver"),
    [
        marked(dialect_of(driver), driver, driver=driver)
        for driver in (
            "postgresql+asyncpg",
            "postgresql+psycopg",
            "mysql+asyncmy",
            "mysql+aiomysql",
        )
    ],
    indirect=["place"],
)
def test_an_awkward_password_works_with_async_drivers(
    place: DatabaseURL, driver: str, tmp_path: Path
) -> None:
    folder = initialised(ASYNC.interpreter(), "async", tmp_path / "project", *SOUND)
    variables = {"QA_DATABASE_URL": _encoded(place, driver)}
    job = Job(directory=folder, python=ASYNC.interpreter(), variables=variables)

    run = job.passed("upgrade", "--environments=qa")

    assert run.stands_at() == ["ccc3"]
    _assert_silent(run, folder)


def _assert_silent(run: Finished, folder: Path) -> None:
    files = [path for path in (folder / "alembic-ci-report").rglob("*") if path.is_file()]
    texts = [run.text, *(path.read_text() for path in files)]
    for secret in (_PASSWORD, quote(_PASSWORD), quote(_PASSWORD, safe="")):
        assert not [text for text in texts if secret in text]
