"""Which of an environment's databases one run of env.py serves."""

from collections.abc import Iterator

from alembic_ci.environments import Database, Environment
from alembic_ci.errors import SettingsError
from alembic_ci.project.locate import Project
from alembic_ci.steps.desk import Binding


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
