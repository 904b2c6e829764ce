"""Ask an installed environment what it lacks: Alembic, or the driver that a URL names."""

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

# By the name of the module that cannot be imported.
_REQUIREMENTS = {
    "MySQLdb": "mysqlclient",
    "aiomysql": "aiomysql",
    "aiosqlite": "aiosqlite",
    "alembic": "alembic",
    "asyncmy": "asyncmy",
    "asyncpg": "asyncpg",
    "greenlet": "greenlet",
    "mariadb": "mariadb",
    "mysql": "mysql-connector-python",
    "pg8000": "pg8000",
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "pymysql": "pymysql",
    "sqlalchemy": "sqlalchemy",
}
_SCRIPT = """
import importlib, sys

def absent(load):
    try:
        load()
    except ImportError as error:
        print((error.name or "").split(".")[0])

def driver(name):
    from sqlalchemy.engine import make_url
    dialect = make_url(name + "://").get_dialect()
    (getattr(dialect, "import_dbapi", None) or dialect.dbapi)()
    if getattr(dialect, "is_async", False):
        import greenlet

absent(lambda: importlib.import_module("sqlalchemy"))
absent(lambda: importlib.import_module("alembic.config"))
for name in sys.argv[1:]:
    absent(lambda: driver(name))
"""
_SECONDS = 60


def missing(python: Path, drivernames: Iterable[str], variables: Mapping[str, str]) -> list[str]:
    """Return the requirements to add so that *python* can run Alembic on such URLs.

    *drivernames* are as SQLAlchemy writes them (``postgresql+asyncpg``). What cannot be asked, or
    is no package that we know, is left for env.py's own error to name.
    """
    command = (str(python), "-I", "-c", _SCRIPT, *sorted(set(drivernames)))
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=dict(variables),
            timeout=_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return []
    named = dict.fromkeys(done.stdout.split())
    return [_REQUIREMENTS[module] for module in named if module in _REQUIREMENTS]
