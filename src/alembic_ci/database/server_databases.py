"""Scratch databases on a server, private or not."""

import contextlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from alembic_ci.database.control import Control
from alembic_ci.database.copying import copied, renewed
from alembic_ci.database.failures import (
    StatementDeniedError,
    StatementError,
    StatementInterruptedError,
)
from alembic_ci.database.leftovers import scratch_name
from alembic_ci.database.likeness import Likeness
from alembic_ci.database.mysql.renewing import Tables
from alembic_ci.database.quoting import quote, quoted_text
from alembic_ci.errors import AlembicCIError, Interrupted, ScratchError
from alembic_ci.urls import DatabaseURL, Dialect

WAYS = (
    "Set SCRATCH_DATABASE_URL to a server on which databases may be created; or put server "
    "binaries (PostgreSQL, MariaDB or MySQL) on this machine, for a private server; or, if the "
    "environment is not protected, grant its user the right to create databases."
)

_log = logging.getLogger(__name__)
_FORCE_SINCE = (13,)  # PostgreSQL: DROP DATABASE ... WITH (FORCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A server in words, and which of the environment's databases are on it."""

    description: str
    others: tuple[str, ...] = ()


class ServerDatabases:
    """Creates databases on a server, and drops them.

    *admin* logs in to create them; *scratch* is the URL of a new one but for its name.
    """

    keeps_at_once = False

    def __init__(
        self,
        admin: DatabaseURL,
        scratch: DatabaseURL,
        *,
        place: Place,
        likeness: Likeness,
        timeout: float,
    ) -> None:
        self.description = place.description
        self.others = place.others
        self._place = place
        self._admin = admin
        self._scratch = scratch
        self._likeness = likeness
        self._timeout = timeout
        self._made: list[DatabaseURL] = []
        self._kept: dict[tuple[DatabaseURL, str], DatabaseURL] = {}
        self._copies: dict[str, Tables | None] = {}

    def create(self) -> DatabaseURL:
        """Create an empty database as like the real one as the server can.

        Raises:
            ScratchError: The user may not, or the server cannot.
        """
        url = replace(self._scratch, database=scratch_name(time.time()), written="")
        with Control.open(self._admin, timeout=self._timeout) as control:
            self._made.append(url)
            try:
                self._create(control, quote(url.dialect, url.database or ""))
            except ScratchError:
                self._made.remove(url)
                raise
        return url

    @contextlib.contextmanager
    def apart(self) -> Iterator["ServerDatabases"]:
        """Yield the same server for another process, which drops what it makes itself."""
        other = ServerDatabases(
            self._admin,
            self._scratch,
            place=self._place,
            likeness=self._likeness,
            timeout=self._timeout,
        )
        try:
            yield other
        finally:
            other.drop_all()

    def drop(self, url: DatabaseURL) -> None:
        """Drop a database, and end the sessions that still use it."""
        with Control.open(self._admin, timeout=self._timeout) as control:
            drop_database(control, url.database or "")
        self._made = [made for made in self._made if made.database != url.database]
        self._copies.pop(url.database or "", None)

    def recreate(self, url: DatabaseURL) -> None:
        """Make a database empty again, under the same name; sessions on it are ended."""
        with Control.open(self._admin, timeout=self._timeout) as control:
            drop_database(control, url.database or "")
            self._create(control, quote(url.dialect, url.database or ""))

    def keep(self, url: DatabaseURL, name: str) -> bool:
        """Copy the database, under a name that only we know."""
        old = self._kept.pop((url, name), None)
        copy = old or replace(url, database=scratch_name(time.time()), written="")
        if not old:
            self._made.append(copy)
            self._copies[copy.database or ""] = None
        with Control.open(self._admin, timeout=self._timeout) as control:
            kept = self._copied(control, url, copy)
        if kept:
            self._kept[url, name] = copy
        else:
            self.drop(copy)
        return kept

    def restore(self, url: DatabaseURL, name: str) -> bool:
        """Copy back what is not as it was; sessions on the database are ended."""
        with Control.open(self._admin, timeout=self._timeout) as control:
            return self._copied(control, self._kept[url, name], url)

    def _copied(self, control: Control, source: DatabaseURL, target: DatabaseURL) -> bool:
        """Let *target*, which may be an older copy of *source*, or the reverse, be a copy of it."""
        old, new = source.database or "", target.database or ""
        end_sessions(control, new)
        if renewed(control, old, new, self._copies):
            return True
        drop_database(control, new)
        create = f"CREATE DATABASE {quote(target.dialect, new)}{self._likeness.clauses[0]}"
        return copied(control, old, new, create)

    def drop_all(self) -> None:
        """Drop what is left at the end; a failure is only logged, for later runs will clean up.

        A signal in the middle is the last one that counts, so the second attempt comes to its end.
        """
        try:
            self._drop_all()
        except Interrupted:
            self._drop_all()
            raise

    def _drop_all(self) -> None:
        for url in tuple(self._made):
            try:
                self.drop(url)
            except AlembicCIError as error:
                _log.warning("%s could not be dropped: %s", url.database, error.problem)

    def _create(self, control: Control, name: str) -> None:
        failures = []
        for clause in self._likeness.clauses:
            try:
                control.execute(f"CREATE DATABASE {name}{clause}")
            except StatementDeniedError as error:
                raise _not_created(self.description, error) from error
            except StatementInterruptedError:
                raise
            except StatementError as error:  # a locale that this server does not have
                failures.append(error)
            else:
                return
        raise _not_created(self.description, failures[-1])


def drop_database(control: Control, name: str) -> None:
    """Drop a database although sessions are on it; nothing happens when there is none."""
    end_sessions(control, name)
    force = control.dialect is Dialect.POSTGRESQL and control.version >= _FORCE_SINCE
    quoted = quote(control.dialect, name)
    control.execute(f"DROP DATABASE IF EXISTS {quoted}{' WITH (FORCE)' if force else ''}")


def end_sessions(control: Control, name: str) -> None:
    """End the sessions that would be in the way of dropping a database, or what is in it."""
    text = quoted_text(name)
    if control.dialect is Dialect.MYSQL:
        # A lock that a session holds on a table would make DROP wait.
        for (session,) in control.query(
            f"SELECT id FROM information_schema.processlist WHERE db = {text}"
        ):
            with contextlib.suppress(StatementError):
                control.execute(f"KILL {session}")
    elif control.version < _FORCE_SINCE:
        control.query(
            "SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity"
            f" WHERE datname = {text}"
        )


def _not_created(description: str, error: StatementError) -> ScratchError:
    return ScratchError(
        f"No scratch database could be created ({description}).",
        meaning=error.problem,
        remedy=WAYS,
    )
