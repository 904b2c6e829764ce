"""Databases for every test that speaks SQL."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from alembic_ci.urls import DatabaseURL
from servers import (
    fresh_database,
    mysql_on_the_path,
    mysql_server,
    postgresql_server,
    real_mysql_server,
)

# The time an example takes says nothing on a machine that runs servers and other tests beside it.
settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("unhurried")

# Under nohup it is ignored, and so would all that is started here ignore it.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def postgresql_admin() -> Iterator[DatabaseURL]:
    """A superuser on a server that lives as long as the session."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(scope="session")
def mysql_admin() -> Iterator[DatabaseURL]:
    """An administrator on a server that lives as long as the session."""
    with mysql_server() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_admin: DatabaseURL) -> Iterator[DatabaseURL]:
    """An empty PostgreSQL database."""
    with fresh_database(postgresql_admin) as url:
        yield url


@pytest.fixture
def mysql_url(mysql_admin: DatabaseURL) -> Iterator[DatabaseURL]:
    """An empty MariaDB database."""
    with fresh_database(mysql_admin) as url:
        yield url


@pytest.fixture(scope="session")
def real_mysql_admin() -> Iterator[DatabaseURL]:
    """An administrator on MySQL itself."""
    with real_mysql_server() as url:
        yield url


@pytest.fixture
def real_mysql_url(real_mysql_admin: DatabaseURL) -> Iterator[DatabaseURL]:
    """An empty MySQL database."""
    with fresh_database(real_mysql_admin) as url:
        yield url


@pytest.fixture(scope="session")
def mysql_path() -> Iterator[str]:
    """A PATH on which MySQL itself comes before MariaDB."""
    with mysql_on_the_path() as path:
        yield path


@pytest.fixture
def sqlite_url(tmp_path: Path) -> DatabaseURL:
    """A SQLite file that does not exist yet."""
    return DatabaseURL(drivername="sqlite", database=str(tmp_path / "test.db"))


@pytest.fixture(
    params=[
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mysql),
    ]
)
def server_url(request: pytest.FixtureRequest) -> DatabaseURL:
    """An empty database of each dialect that has a server, in turn."""
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, DatabaseURL)
    return url


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mysql),
    ]
)
def any_database_url(request: pytest.FixtureRequest) -> DatabaseURL:
    """An empty database of each dialect in turn."""
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, DatabaseURL)
    return url
