"""Find the databases of an environment that are not written down: in a registry, as schemas."""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError, Surroundings
from alembic_ci.database.lookup import looked_up
from alembic_ci.database.schemas import schemas_like
from alembic_ci.database_lists import Entry, distinct
from alembic_ci.database_variables import url_of
from alembic_ci.environments import Database, Environment
from alembic_ci.errors import AlembicCIError, SettingsError
from alembic_ci.settings import Settings
from alembic_ci.urls import DatabaseURL, Dialect

_QUERY = re.compile(r"\s*(?:select|with|values|table)\b", re.IGNORECASE)
_UNFIT = re.compile(r"[^\w.-]")
_COLUMNS = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """How databases are asked: *directory* is where relative SQLite files begin."""

    settings: Settings
    directory: Path
    surroundings: Surroundings

    def found(self, environment: Environment) -> Environment:
        """Return the environment with all its databases, or with what is wrong."""
        settings = self.settings.for_environment(environment.name)
        try:
            databases = environment.databases
            if environment.registry:
                databases = tuple(self._registered(environment, settings.databases_query))
            if settings.schemas:
                databases = tuple(self._with_schemas(databases, settings.schemas))
        except AlembicCIError as error:
            return dataclasses.replace(environment, databases=(), trouble=error)
        return dataclasses.replace(environment, databases=databases)

    def _registered(self, environment: Environment, query: str) -> Iterator[Database]:
        registry, what = environment.registry, f"databases-query of {environment.name}"
        if registry is None:
            return
        with self._control(registry.url) as control:
            rows = [tuple(map(_text, row)) for row in _rows(control, query, what)]
        if not rows:
            raise SettingsError(
                f"{what} returned no database.",
                meaning=f"It was run on {registry.url.location}.",
                remedy="Run it there by hand; perhaps this user does not see the rows.",
            )
        read = (_entry(row, registry.url, f"{what} (row {n})") for n, row in enumerate(rows, 1))
        for entry in distinct(tuple(read), what):
            yield Database(label=entry.label, url=entry.url, variable=registry.variable)

    def _with_schemas(self, databases: tuple[Database, ...], wanted: str) -> Iterator[Database]:
        for database in databases:
            if database.url.dialect is not Dialect.POSTGRESQL:
                raise SettingsError(
                    f"--schemas is set, and {database.url.location} is not PostgreSQL.",
                    meaning="Only there a database has several schemas.",
                    remedy="Leave it out, or set it for one environment only: "
                    "[tool.alembic-ci.environments.<name>].",
                )
            for schema in self._schemas(database, wanted):
                label = f"{database.label}.{_label(schema)}" if database.label else _label(schema)
                yield dataclasses.replace(database, label=label, schema=schema)

    def _schemas(self, database: Database, wanted: str) -> list[str]:
        with self._control(database.url) as control:
            if _QUERY.match(wanted):
                found = [_text(row[0]) for row in _rows(control, wanted, "schemas")]
            else:
                found = []
                for item in filter(None, (part.strip() for part in re.split(r"[,\n]", wanted))):
                    found += schemas_like(control, item) if "%" in item else [item]
        if not found:
            raise SettingsError(
                f"--schemas finds no schema in {database.url.location}.",
                meaning=f"It says: {wanted}",
                remedy="In a LIKE pattern, % stands for any text and _ for any character.",
            )
        return list(dict.fromkeys(found))

    def _control(self, url: DatabaseURL) -> Control:
        if url.dialect is Dialect.SQLITE and url.database and not url.database.startswith("file:"):
            url = dataclasses.replace(url, database=str(self.directory / url.database), written="")
        return Control.open(
            url, timeout=self.settings.connect_timeout, surroundings=self.surroundings
        )


def _rows(control: Control, query: str, what: str) -> list[tuple[object, ...]]:
    try:
        return [tuple(row) for row in looked_up(control, query)]
    except StatementError as error:
        raise SettingsError(
            f"{what} failed: {error.problem}",
            meaning="It is run in a session that can only read.",
            remedy="Try it by hand, with the same user.",
        ) from error


def _entry(row: tuple[str, ...], registry: DatabaseURL, where: str) -> Entry:
    """Read label and place; a place that is no URL is a database on the registry's server."""
    if len(row) not in _COLUMNS or not all(row):
        raise SettingsError(
            f"{where} is not one text, or two.",
            meaning="A row is a label and a URL, a label and the name of a database, or only the "
            "second of them.",
            remedy="Name the columns in the SELECT, and leave out rows with NULL.",
        )
    place = row[-1]
    label = row[0] if len(row) > 1 else "" if "://" in place else _label(place)
    if "://" in place:
        return Entry(label, url_of(place, where), where)
    return Entry(label, dataclasses.replace(registry, database=place, written=""), where)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _label(schema: str) -> str:
    """Return a name that can be part of a file's name, and that no other schema has."""
    fit = _UNFIT.sub("_", schema)
    if fit == schema and re.match(r"\w", schema):
        return schema
    return f"x{fit}-{hashlib.sha256(schema.encode()).hexdigest()[:8]}"
