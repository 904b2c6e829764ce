"""The three places a scratch database can be on: a given server, a private one, the real one's."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace

from alembic_ci.database.control import Control
from alembic_ci.database.drivers import harmless_query, translated_query
from alembic_ci.database.failures import StatementError
from alembic_ci.database.leftovers import drop_old_databases, remove_dead_homes
from alembic_ci.database.likeness import Likeness, sql_modes, variables
from alembic_ci.database.neighbours import neighbours, neighbours_of
from alembic_ci.database.private_home import DEFAULT_USER, quick_folder
from alembic_ci.database.private_mysql import Product, private_mysql
from alembic_ci.database.private_postgresql import private_postgresql
from alembic_ci.database.server_databases import Place, ServerDatabases
from alembic_ci.errors import ScratchError
from alembic_ci.urls import DatabaseURL, Dialect

_PRIVATE_TIMEOUT = 30.0  # seconds; it has answered before


def on_given_server(
    database: DatabaseURL, given: DatabaseURL, traits: Likeness, *, timeout: float
) -> ServerDatabases:
    """Use the server of SCRATCH_DATABASE_URL, with the project's driver.

    Raises:
        ScratchError: It is of another dialect.
        DatabaseUnreachableError, DatabaseAccessError: It does not let us in.
    """
    if given.dialect is not database.dialect:
        raise ScratchError(
            f"SCRATCH_DATABASE_URL names a {given.dialect} server, and the environment's "
            f"database is {database.dialect}.",
            meaning="A proof on another kind of database would prove nothing.",
            remedy=f"Give the URL of a {database.dialect} server, or unset the variable.",
        )
    admin = _administrative(given)
    own = dict(translated_query(given, database.drivername))
    query = tuple({**dict(harmless_query(database)), **own}.items())
    with Control.open(admin, timeout=timeout) as control:
        server = _swept(control)
        differs = f"{_differs(traits, server)}{_stricter(traits, control)}{_set(traits, control)}"
        others = neighbours_of(database, control)
    return ServerDatabases(
        admin,
        replace(given, drivername=database.drivername, query=query, written=""),
        place=Place(
            description=f"the server of SCRATCH_DATABASE_URL ({server}){differs}", others=others
        ),
        likeness=traits,
        timeout=timeout,
    )


def beside(database: DatabaseURL, traits: Likeness, *, timeout: float) -> ServerDatabases:
    """Use the environment's own server; errors are those of ``Control.open``."""
    with Control.open(database, timeout=timeout) as control:
        server = _swept(control)
        others = neighbours(control)
    return ServerDatabases(
        database,
        database,
        place=Place(
            description=f"a temporary database beside {database.location} ({server})",
            others=others,
        ),
        likeness=traits,
        timeout=timeout,
    )


@contextlib.contextmanager
def on_private_server(
    database: DatabaseURL, traits: Likeness, *, alike: bool
) -> Iterator[ServerDatabases]:
    """Start a server of this run's own; *alike* wants no MariaDB in place of MySQL, or the reverse.

    Raises:
        PrivateServerError: There is none on this machine, or it does not start.
    """
    remove_dead_homes(quick_folder())
    with _private_server(database, traits, alike=alike) as admin:
        with Control.open(admin, timeout=_PRIVATE_TIMEOUT) as control:
            server = control.server
            for statement in traits.settings:
                with contextlib.suppress(StatementError):  # a mode that this server does not know
                    control.execute(statement)
        scratch = replace(
            admin, drivername=database.drivername, query=harmless_query(database), written=""
        )
        yield ServerDatabases(
            admin,
            scratch,
            place=Place(description=f"a private {server} server{_differs(traits, server)}"),
            likeness=traits,
            timeout=_PRIVATE_TIMEOUT,
        )


def _private_server(
    database: DatabaseURL, traits: Likeness, *, alike: bool
) -> contextlib.AbstractContextManager[DatabaseURL]:
    user = database.username or DEFAULT_USER
    if database.dialect is Dialect.POSTGRESQL:
        return private_postgresql(user=user, major=_series(traits.server).rpartition(" ")[2])
    if database.drivername.startswith("mariadb"):  # SQLAlchemy refuses MySQL under this name
        return private_mysql(user=user, products=(Product.MARIADB,), options=traits.options)
    own = [item for item in Product if traits.server.startswith(item.value)]
    others = [item for item in Product if item not in own]
    products = own if own and alike else [*own, *others]
    return private_mysql(user=user, products=products, options=traits.options)


def _differs(traits: Likeness, server: str) -> str:
    """Say what the environment runs if that may behave in another way; it may be unknown."""
    if not traits.server or _series(traits.server) == _series(server):
        return ""
    return f"; the environment runs {traits.server}"


def _stricter(traits: Likeness, control: Control) -> str:
    """Say how the environment's sql_mode differs: what is refused here may be filled in there."""
    if traits.modes is None:
        return ""
    here = sql_modes(control)
    said = (("lacks", here - traits.modes), ("has", traits.modes - here))
    words = [f"{verb} {', '.join(sorted(modes))}" for verb, modes in said if modes]
    return f"; the environment's sql_mode {' and '.join(words)}" if words else ""


def _set(traits: Likeness, control: Control) -> str:
    """Say what else is set in another way in the environment, of what both servers know."""
    here = dict(variables(control))
    other = [
        f"{name}={value}" for name, value in traits.variables if here.get(name, value) != value
    ]
    return f"; the environment has {', '.join(other)}" if other else ""


def _series(server: str) -> str:
    """Return "PostgreSQL 15" or "MariaDB 10.11": what decides how a server behaves."""
    product, _, version = server.partition(" ")
    parts = version.split(".")
    return f"{product} {'.'.join(parts[:1] if product == 'PostgreSQL' else parts[:2])}"


def _administrative(url: DatabaseURL) -> DatabaseURL:
    """Return *url* with a database to log in to, where one is needed."""
    if url.dialect is Dialect.POSTGRESQL and not url.database:
        return replace(url, database="postgres", written="")
    return url


def _swept(control: Control) -> str:
    """Drop what dead runs left on a server, and return the server's name and version."""
    with contextlib.suppress(StatementError):
        drop_old_databases(control, now=time.time())
    return control.server
