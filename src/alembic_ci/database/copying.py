"""Copies of whole scratch databases, exact or none at all."""

import time

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.database.mysql.copying import copied_database
from alembic_ci.database.mysql.renewing import Tables, renewed_database
from alembic_ci.database.quoting import quote, quoted_text
from alembic_ci.urls import Dialect

_PATIENCE = 0.5  # seconds for a session that has just been left
_LOOK_EVERY = 0.02

# What belongs to a database and is not in it, so that no copy has it.
# https://www.postgresql.org/docs/current/manage-ag-templatedbs.html
_OUTSIDE = """
SELECT count(*) FROM pg_catalog.pg_database d WHERE d.datname = {name} AND (d.datacl IS NOT NULL
 OR EXISTS (SELECT 1 FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase = d.oid)
 OR EXISTS (SELECT 1 FROM pg_catalog.pg_shdescription t WHERE t.objoid = d.oid
 AND t.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass)
 OR EXISTS (SELECT 1 FROM pg_catalog.pg_subscription u WHERE u.subdbid = d.oid))
"""
_SESSIONS = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = {name}"


def copied(control: Control, source: str, target: str, create: str) -> bool:
    """Make database *target*, which does not exist, a copy of *source*; tell whether it is one.

    *control* is on another PostgreSQL database, and on any of MariaDB. *create* is the statement
    that makes *target* where objects are copied one by one. Where something cannot be copied,
    something is left at *target* that is not to be used.
    """
    try:
        if control.dialect is Dialect.POSTGRESQL:
            return _as_template(control, source, target)
        return copied_database(control, source, target, create)
    except StatementInterruptedError:
        raise
    except StatementError:
        return False


def renewed(control: Control, source: str, target: str, copies: dict[str, Tables | None]) -> bool:
    """Make *target* a copy of *source* again, where that takes less than to copy it.

    Tells whether it is one; where it is not, or there is none, it is not to be used. Nobody is
    in it. *copies* are databases that nobody but us changes, with what was seen of them.
    """
    try:
        if control.dialect is not Dialect.MYSQL:
            return False
        return renewed_database(control, source, target, copies)
    except StatementInterruptedError:
        raise
    except StatementError:
        return False


def _as_template(control: Control, source: str, target: str) -> bool:
    """Let the server copy the files, which it does only while nobody is in the database."""
    name = quoted_text(source)
    if control.query(_OUTSIDE.format(name=name)) != [(0,)]:
        return False
    until = time.monotonic() + _PATIENCE
    while control.query(_SESSIONS.format(name=name)) != [(0,)]:
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_EVERY)
    quoted = [quote(control.dialect, database) for database in (target, source)]
    control.execute(f"CREATE DATABASE {quoted[0]} TEMPLATE {quoted[1]}")
    return True
