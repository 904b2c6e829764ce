"""Throw-away databases on which revisions are proved."""

import contextlib
from collections.abc import Iterator
from typing import Protocol

from alembic_ci.database.control import Control
from alembic_ci.database.likeness import Likeness, likeness, plain
from alembic_ci.database.private_home import PrivateServerError
from alembic_ci.database.scratch_files import sqlite_files
from alembic_ci.database.scratch_places import beside, on_given_server, on_private_server
from alembic_ci.database.server_databases import WAYS, ServerDatabases
from alembic_ci.errors import AlembicCIError, ScratchError
from alembic_ci.urls import DatabaseURL, Dialect

_LOOK_TIMEOUT = 0.0  # seconds: one attempt; the real one's traits are welcome, not needed


class ScratchServer(Protocol):
    """Where scratch databases come from; *description* says it in words, for the report."""

    @property
    def description(self) -> str:
        """Say where the databases are."""

    @property
    def others(self) -> tuple[str, ...]:
        """Return the databases beside it that a name in SQL leads to, if they are real ones."""

    def create(self) -> DatabaseURL:
        """Make an empty database."""

    def apart(self) -> contextlib.AbstractContextManager["ScratchServer"]:
        """Yield the same place for another process, which removes what it makes there itself."""

    def drop(self, url: DatabaseURL) -> None:
        """Remove a database that ``create`` made, whoever still uses it."""

    def recreate(self, url: DatabaseURL) -> None:
        """Make it empty again, under the same name and URL."""

    @property
    def keeps_at_once(self) -> bool:
        """Tell whether `keep` costs next to nothing, whoever has the database open."""

    def keep(self, url: DatabaseURL, name: str) -> bool:
        """Keep what it holds now in place of what was kept under *name*; tell whether it is.

        Unless it keeps at once, nobody may have the database open.
        """

    def restore(self, url: DatabaseURL, name: str) -> bool:
        """Let it hold what was kept under *name*, whatever happened since.

        Where that does not work there is nothing at that URL that could be used.
        """


@contextlib.contextmanager
def scratch_server(
    database: DatabaseURL, *, protected: bool, scratch_url: DatabaseURL | None, timeout: float
) -> Iterator[ScratchServer]:
    """Find a place for scratch databases like *database*; all of them are dropped at the end.

    In order: the server of *scratch_url*; a private server of this run; *database*'s own server,
    unless it is *protected*. SQLite gets temporary files.

    Raises:
        ScratchError: There is no such place; the remedy names all three.
        DatabaseUnreachableError, DatabaseAccessError: The server of *scratch_url* does not let
            us in; for lack of other places, the environment's own does not.
    """
    if database.dialect is Dialect.SQLITE:
        with sqlite_files(database) as files:
            yield files
        return
    traits = _traits(database)
    with contextlib.ExitStack() as stack:
        if scratch_url is not None:
            server = on_given_server(database, scratch_url, traits, timeout=timeout)
            stack.callback(server.drop_all)
        else:
            server = _ungiven(stack, database, traits, protected=protected, timeout=timeout)
        yield server


def _ungiven(
    stack: contextlib.ExitStack,
    database: DatabaseURL,
    traits: Likeness,
    *,
    protected: bool,
    timeout: float,
) -> ServerDatabases:
    """Prefer a server of the same product to a private one: MariaDB is not MySQL."""
    try:
        return stack.enter_context(on_private_server(database, traits, alike=not protected))
    except PrivateServerError as error:
        if protected:
            raise ScratchError(
                f"There is no place for a scratch database of {database.location}.",
                meaning=f"SCRATCH_DATABASE_URL is not set, {error}, and a protected "
                "environment's own server is not used.",
                remedy=WAYS,
            ) from error
    server = beside(database, traits, timeout=timeout)
    stack.callback(server.drop_all)
    return server


def _traits(database: DatabaseURL) -> Likeness:
    try:
        with Control.open(database, timeout=_LOOK_TIMEOUT) as control:
            return likeness(control)
    except AlembicCIError:
        return plain(database.dialect)
