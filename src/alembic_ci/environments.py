"""Which environments a run works on, and the databases of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from alembic_ci.database_lists import entries
from alembic_ci.database_variables import text_of, url_from_parts, url_of
from alembic_ci.environment_names import (
    canonical_name,
    configured_names,
    forms,
    holds_database,
    prefixes,
)
from alembic_ci.errors import AlembicCIError, SettingsError
from alembic_ci.settings import Settings
from alembic_ci.urls import DatabaseURL

DEFAULT_ENVIRONMENT = "development"
_SCRATCH = "scratch"

# What lets foreign code act in the name of the job, or write what later steps believe.
_WITHHELD = """
    DATABASE_URL DATABASE_URL_FILE DATABASE_URLS DATABASE_URLS_FILE
    *_REGISTRY_URL *_REGISTRY_URL_FILE
    ALEMBIC_CI_* INPUT_* STATE_* ACTIONS_*
    GITHUB_TOKEN GH_TOKEN GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN
    GITHUB_OUTPUT GITHUB_ENV GITHUB_PATH GITHUB_STATE GITHUB_STEP_SUMMARY
    CI_JOB_TOKEN CI_JOB_JWT* CI_BUILD_TOKEN CI_REGISTRY_PASSWORD CI_DEPLOY_PASSWORD
    CI_DEPENDENCY_PROXY_PASSWORD CI_REPOSITORY_URL GITLAB_TOKEN
    SYSTEM_ACCESSTOKEN BITBUCKET_*TOKEN* CIRCLE_*TOKEN* BUILDKITE_*TOKEN*
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database of an environment.

    *label* tells it from the others, "" where it is the only one. *variable* is the one from
    which an env.py would read the URL: ``PROD_DATABASE_URL`` also if the URL came in parts.
    *schema* is the one that is migrated, where each tenant has a schema.
    """

    label: str
    url: DatabaseURL
    variable: str
    schema: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A named place; *named* is true when this very run was asked for it.

    *registry* is the database that lists the others, which are then still to be found. *trouble*
    is why they cannot be, *nothing* why there are none to work on.
    """

    name: str
    protected: bool
    named: bool
    databases: tuple[Database, ...]
    registry: Database | None = None
    trouble: AlembicCIError | None = None
    nothing: str = ""

    def urls(self) -> Iterator[DatabaseURL]:
        """Yield the URLs of all databases, that of the registry among them."""
        yield from (database.url for database in self.databases)
        if self.registry:
            yield self.registry.url


def environments(settings: Settings, variables: Mapping[str, str]) -> tuple[Environment, ...]:
    """Return the environments to work on, in order; only their variables are looked at.

    Raises:
        SettingsError: One has no URL, two forms of URL, or one that cannot be used.
    """
    names, named = _asked(settings, variables)
    return tuple(
        _environment(
            name,
            settings.for_environment(name),
            variables,
            named=named,
            alone=len(names) == 1,
        )
        for name in names
    )


def scratch_url(variables: Mapping[str, str]) -> DatabaseURL | None:
    """Return the server for throw-away databases, if one is given.

    Raises:
        SettingsError: It is given twice, or cannot be used.
    """
    given = ("SCRATCH_DATABASE_URL", "SCRATCH_DATABASE_URL_FILE")
    found = _only_form([form for form in given if form in variables])
    return url_of(text_of(found, variables), found) if found else None


def secret_variables(variables: Mapping[str, str]) -> frozenset[str]:
    """Return the variables that foreign code must not inherit.

    They hold a database URL or a part of one, a token of the CI host, or the file through which
    a job speaks to it. An application's own settings are not among them.
    """
    patterns = _WITHHELD.split()
    return frozenset(
        name
        for name in variables
        if holds_database(name) or any(fnmatchcase(name, pattern) for pattern in patterns)
    )


def _environment(
    name: str, settings: Settings, variables: Mapping[str, str], *, named: bool, alone: bool
) -> Environment:
    registry: Database | None = None
    databases: tuple[Database, ...] = ()
    if settings.databases_query:
        registry = _registry(name, variables, alone=alone)
    else:
        databases = _databases(name, variables, alone=alone)
    return Environment(
        name=name,
        protected=name in settings.protected,
        named=named,
        databases=databases,
        registry=registry,
    )


def _registry(name: str, variables: Mapping[str, str], *, alone: bool) -> Database:
    """Return the database that knows the others: one of its own, or the environment's."""
    given = [
        form
        for prefix in prefixes(name)
        for form in (f"{prefix}_REGISTRY_URL", f"{prefix}_REGISTRY_URL_FILE")
        if form in variables
    ]
    form = _only_form(given)
    if form:
        variable = f"{form.partition('_REGISTRY_URL')[0]}_DATABASE_URL"
        return Database(label="", url=url_of(text_of(form, variables), form), variable=variable)
    own = _databases(name, variables, alone=alone)
    if len(own) != 1:
        raise SettingsError(
            f"databases-query is set, and {name} has a list of databases already.",
            meaning="The databases come either from a query or from a list.",
            remedy=f"Give one URL, that of the database to ask, as {prefixes(name)[0]}"
            "_REGISTRY_URL, or drop the query.",
        )
    return own[0]


def _asked(settings: Settings, variables: Mapping[str, str]) -> tuple[tuple[str, ...], bool]:
    """Return the names, and whether this run was asked for them."""
    names, named = settings.environments, settings.environments_named
    if not names and (text := variables.get("ENVIRONMENT", "").strip()):
        try:
            names, named = (canonical_name(text),), True
        except ValueError as error:
            raise SettingsError(
                "ENVIRONMENT does not hold the name of an environment.",
                remedy="Use letters, digits, dashes and underscores; for several environments "
                "use --environments.",
            ) from error
    if _SCRATCH in names:
        raise SettingsError(
            "scratch is not an environment.",
            meaning="SCRATCH_DATABASE_URL is the server for throw-away databases.",
            remedy="Name an environment, such as development or staging.",
        )
    return names or (DEFAULT_ENVIRONMENT,), named


def _databases(name: str, variables: Mapping[str, str], *, alone: bool) -> tuple[Database, ...]:
    own = [form for prefix in prefixes(name) for form in forms(prefix, variables)]
    plain = [form for form in ("DATABASE_URL", "DATABASE_URL_FILE") if form in variables]
    form = _only_form(own or (plain if alone else []))
    if form is None:
        raise _without_url(name, variables)
    return tuple(_read(form, variables))


def _only_form(found: Sequence[str]) -> str | None:
    """Return the one way in which a URL is given, ``None`` when there is none."""
    if len(found) > 1:
        raise SettingsError(
            f"{', '.join(found[:-1])} and {found[-1]} are set at once.",
            meaning="Each of them gives the same environment its database, and they may differ.",
            remedy="Keep one of them.",
        )
    return found[0] if found else None


def _read(form: str, variables: Mapping[str, str]) -> Iterator[Database]:
    base, _, kind = form.rpartition("DATABASE_")
    variable = f"{base}DATABASE_URL"
    if kind == "*":
        url = url_from_parts(f"{base}DATABASE", variables)
        yield Database(label="", url=url, variable=variable)
        return
    text = text_of(form, variables)
    if not kind.startswith("URLS"):
        yield Database(label="", url=url_of(text, form), variable=variable)
        return
    for entry in entries(text, form):
        yield Database(label=entry.label, url=entry.url, variable=variable)


def _without_url(name: str, variables: Mapping[str, str]) -> SettingsError:
    expected = " or ".join(f"{prefix}_DATABASE_URL" for prefix in prefixes(name))
    found = configured_names(variables)
    if not found:
        return SettingsError(
            f"There is no database URL for the environment {name}, nor for any other.",
            meaning="Variables of a CI job reach a container only if they are passed to it.",
            remedy=f"Set {expected}, or DATABASE_URL for a single environment.",
        )
    return SettingsError(
        f"There is no database URL for the environment {name}.",
        meaning=f"Environments with a URL: {', '.join(found)}.",
        remedy=f"Set {expected}, or pick another environment with --environments or the "
        f"variable ENVIRONMENT, for example --environments {found[0]}.",
    )
