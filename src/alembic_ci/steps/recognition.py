"""Tell whether env.py is where it is meant to be, and refuse to go on elsewhere."""

from collections.abc import Sequence

from alembic_ci.database.schemas import CURRENT_SCHEMA_SQL
from alembic_ci.errors import WrongTargetError
from alembic_ci.project.session import Connection
from alembic_ci.project.spawn import SCHEMA_VARIABLE
from alembic_ci.urls import Dialect

_MYSQL_NAMES = ("mysql", "mariadb")


def known_dialect(name: str) -> Dialect | None:
    """Return the dialect that SQLAlchemy calls *name*, None for one that we do not know."""
    if name in _MYSQL_NAMES:
        return Dialect.MYSQL
    return Dialect(name) if name in {member.value for member in Dialect} else None


def refuse_other_schema(connection: Connection, schema: str, location: str) -> None:
    """Raise WrongTargetError where env.py is in another schema than the tenant's."""
    seen = connection.ask(CURRENT_SCHEMA_SQL)[0][0]
    if seen != schema:
        raise WrongTargetError(
            f"env.py is not in the schema {schema} of {location}, but in "
            f"{seen or 'none that exists'}. Nothing was run.",
            meaning="env.py sets a search_path of its own, or connects in a way that leaves "
            "no place for ours (create_engine(creator=...)).",
            remedy="Let it put the schema first that it is given: "
            'context.get_x_argument(as_dictionary=True)["schema"], or the variable '
            f"{SCHEMA_VARIABLE}.",
        )


def wrong_target(
    connection: Connection, meant: Sequence[str], found: Sequence[str]
) -> WrongTargetError:
    """Return the error that says where env.py was to connect, and where it did."""
    seen = ", ".join(value for value in found if value) or connection.dialect
    return WrongTargetError(
        f"env.py connected to another database than the one that was meant. "
        f"Meant: {', '.join(meant)}. Found: {seen}. Nothing was run.",
        meaning="env.py reads its URL from a place of its own: a settings module, "
        "another variable, a constant.",
        remedy="Name the variable it reads with --url-variables, or those of the parts "
        "(PGHOST=host,PGDATABASE=name), or let env.py use "
        'config.get_main_option("sqlalchemy.url").',
    )
