"""An environment's databases, and which of them one run of env.py serves."""

from collections.abc import Iterator
from dataclasses import dataclass

from alembic_ci.environments import Database, Environment
from alembic_ci.errors import SettingsError
from alembic_ci.project.locate import Project
from alembic_ci.urls import DatabaseURL


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One database of an environment; *engine* is its section in the multidb template, else ``""``.

    *schema* is the one that is migrated, where each tenant has a schema of its own.
    """

    label: str
    engine: str
    url: DatabaseURL
    variable: str
    schema: str = ""


def title(environment: Environment, binding: Binding) -> str:
    """Return the name of an environment, and of the database in it when there are several."""
    return f"{environment.name}/{binding.label}" if binding.label else environment.name


def groups(project: Project, environment: Environment) -> Iterator[tuple[Binding, ...]]:
    """Yield databases that are migrated together: one each, or all engines of a multidb env.py.

    Raises SettingsError when the URLs do not fit the engines.
    """
    if not project.engines:
        for database in environment.databases:
            yield (_binding(database, engine=""),)
        return
    by_label = {database.label: database for database in environment.databases}
    if set(by_label) != set(project.engines):
        raise _unfit(project, environment)
    yield tuple(_binding(by_label[engine], engine=engine) for engine in project.engines)


def _binding(database: Database, *, engine: str) -> Binding:
    return Binding(
        label=database.label,
        engine=engine,
        url=database.url,
        variable=database.variable,
        schema=database.schema,
    )


def _unfit(project: Project, environment: Environment) -> SettingsError:
    variable = f"{environment.name.upper().replace('-', '_')}_DATABASE_URLS"
    lines = ", ".join(f"{engine}=URL" for engine in project.engines)
    given = ", ".join(database.label or "(no label)" for database in environment.databases)
    return SettingsError(
        f"The project migrates the databases {', '.join(project.engines)} together, "
        f"and {environment.name} has URLs for: {given}.",
        meaning="The option `databases` of the configuration file names one engine for each.",
        remedy=f"Set {variable} with one line for each: {lines}.",
    )
