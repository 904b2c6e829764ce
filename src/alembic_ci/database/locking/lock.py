"""The lock of each dialect."""

from dataclasses import dataclass
from typing import Protocol

from alembic_ci.database.control import Control
from alembic_ci.database.failures import Surroundings
from alembic_ci.database.locking.holder import Holder
from alembic_ci.database.locking.key import LockPlace
from alembic_ci.database.locking.mysql import MySQLLock
from alembic_ci.database.locking.pooling import refuse_transaction_pooling
from alembic_ci.database.locking.postgresql import PostgreSQLLock
from alembic_ci.database.locking.sqlite import SQLiteLock
from alembic_ci.urls import DatabaseURL, Dialect


class MigrationLock(Protocol):
    """A lock that is tried and never waited for."""

    def attempt(self) -> bool:
        """Try to get it, and tell whether we have it and nobody else writes beside us."""

    def holder(self) -> Holder | None:
        """Return who was in the way of the last attempt, if it can still be seen."""

    def held(self, control: Control) -> bool:
        """Tell, as *control* sees it, whether we still have it."""

    def release(self) -> None:
        """Give it back; nothing happens when it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be locked, and how we are known there.

    *session* is the number of env.py's own session, which is not in its own way, or "". *patience*
    is for the lock, *connect_timeout* for the connection that holds it, both in seconds.
    """

    url: DatabaseURL
    place: LockPlace
    session: str
    patience: float
    connect_timeout: float
    surroundings: Surroundings


def migration_lock(target: Target, beside: Control) -> MigrationLock:
    """Return the lock, not obtained yet; *beside* is another connection of ours to the database.

    Raises:
        RefusedError: The connection goes through a pool that gives every statement another
            session.
        DatabaseUnreachableError, DatabaseAccessError: There is no connection to be had for it.
    """
    if target.url.dialect is Dialect.SQLITE:
        return SQLiteLock(target.url, target.surroundings.job)
    control = Control.open(
        target.url, timeout=target.connect_timeout, surroundings=target.surroundings
    )
    if target.url.dialect is Dialect.MYSQL:
        return MySQLLock(control, target.place.name)
    try:
        refuse_transaction_pooling(control, beside, target.url)
    except BaseException:
        control.close()
        raise
    return PostgreSQLLock(control, target.place, target.session, target.surroundings.job)
