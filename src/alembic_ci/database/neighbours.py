"""The databases that stand beside a throw-away one, and are meant to stay as they are."""

from alembic_ci.database.control import Control
from alembic_ci.database.leftovers import is_scratch
from alembic_ci.errors import AlembicCIError
from alembic_ci.urls import DatabaseURL, Dialect

_NAMES = "SELECT schema_name FROM information_schema.schemata"


def neighbours(control: Control) -> tuple[str, ...]:
    """Return the names of the others on a server of MySQL or MariaDB, where names lead to them."""
    if control.dialect is not Dialect.MYSQL:
        return ()
    names = (str(name) for (name,) in control.query(_NAMES))
    return tuple(name for name in names if not is_scratch(name))


def neighbours_of(database: DatabaseURL, control: Control) -> tuple[str, ...]:
    """Return them if *control* is on the server of *database*, too, and none otherwise.

    Nothing is known of a server that does not answer at once.
    """
    if control.dialect is not Dialect.MYSQL:
        return ()
    try:
        with Control.open(database, timeout=0) as own:
            same = own.identity()[1:] == control.identity()[1:]
    except AlembicCIError:
        return ()
    return neighbours(control) if same else ()
