"""Everything a run can be told, read once: flags before variables before file before defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alembic_ci.environment_names import canonical_name
from alembic_ci.interface import (
    COMMENTS,
    FAILURES,
    OPTIONS,
    STEPS,
    URL_PARTS,
    VERIFICATIONS,
    WAYS_OUT,
)
from alembic_ci.settings_sources import (
    FileSettings,
    Flags,
    Given,
    Layer,
    given_by_file,
    given_by_flags,
    given_by_variables,
)
from alembic_ci.settings_values import Values

_DEFAULTS: Layer = {
    option.name: Given(texts=(option.default,) if option.default else (), source=option.name)
    for option in OPTIONS
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    """What was said where, kept so that one environment can be asked about later."""

    run: tuple[Layer, ...]  # flags and variables: what was asked of this very run
    file: FileSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field for each option of the interface, checked; "" stands for a text nobody gave.

    *parallel* is 0 for as many as there are processors.

    *environments_named*: a flag or a variable asked for the environments, not just a file.
    """

    environments: tuple[str, ...]
    environments_named: bool
    steps: tuple[str, ...]
    target: str
    scope: str
    working_directory: Path
    config: Path | None
    name: str
    set: tuple[tuple[str, str], ...]
    x: tuple[str, ...]
    url_variables: tuple[str, ...]
    python: str
    install: str
    extras: tuple[str, ...]
    groups: tuple[str, ...]
    python_version: str
    install_project: bool
    protected: tuple[str, ...]
    scratch_baseline: str
    irreversible: tuple[tuple[str, str], ...]
    sql_offline: bool
    redact_columns: tuple[str, ...]
    rows: int
    rows_dir: Path
    fail_on: tuple[str, ...]
    plan: Path | None
    databases: tuple[str, ...]
    databases_query: str
    schemas: str
    shard: str
    resume_from: Path | None
    parallel: int
    canary: tuple[str, ...]
    max_failures: int
    resume: str
    statements_in: str
    apply: bool
    allow_data_loss: bool
    dry_run: bool
    report_dir: Path
    migration_lock_timeout: float
    connect_timeout: float
    lock_timeout: float | None
    statement_timeout: float | None
    retries: int
    verify: tuple[str, ...]
    start_timeout: float
    step_timeout: float
    verbose: bool
    comment: str
    comment_key: str
    allow_fork_code: bool
    sources: _Sources = field(repr=False, compare=False)

    def asked(self) -> dict[str, tuple[str, ...]]:
        """Return what flags and variables of this very run said, by option."""
        layers = reversed(self.sources.run)
        return {name: given.texts for layer in layers for name, given in layer.items()}

    def for_environment(self, name: str) -> "Settings":
        """Return the settings as ``[tool.alembic-ci.environments.<name>]`` changes them."""
        file, environment = self.sources.file, canonical_name(name)
        layer = dict(file.environments.get(environment, {}))
        if environment in file.protected:
            by_list = Values([file.everywhere, _DEFAULTS]).environments("protected")
            others = tuple(other for other in by_list if other != environment)
            names = (*others, environment) if file.protected[environment] else others
            layer["protected"] = Given(texts=names, source="protected")
        return _settings(self.sources, [*self.sources.run, layer, file.everywhere, _DEFAULTS])


def read_settings(flags: Flags, variables: Mapping[str, str]) -> Settings:
    """Read and check all settings.

    Raises:
        SettingsError: One is wrong; the text names the flag, the variable, or the file and key.
    """
    run = (given_by_flags(flags), given_by_variables(variables))
    directory = Values([*run, _DEFAULTS]).path("working-directory")
    sources = _Sources(run=run, file=given_by_file(directory / "pyproject.toml"))
    settings = _settings(sources, [*run, sources.file.everywhere, _DEFAULTS])
    for environment in sources.file.environments:
        settings.for_environment(environment)
    return settings


def default_settings() -> Settings:
    """Return the settings of somebody who said nothing anywhere."""
    nothing = FileSettings(everywhere={}, environments={}, protected={})
    return _settings(_Sources(run=(), file=nothing), [_DEFAULTS])


def _settings(sources: _Sources, layers: Sequence[Layer]) -> Settings:
    values = Values(layers)
    return Settings(
        environments=values.environments("environments"),
        environments_named=any("environments" in layer for layer in sources.run),
        steps=values.words_of("steps", STEPS),
        target=values.text("target"),
        scope=values.scope("scope"),
        working_directory=values.path("working-directory"),
        config=values.optional_path("config"),
        name=values.text("name"),
        set=values.pairs("set"),
        x=values.lines("x"),
        url_variables=values.words_with("url-variables", URL_PARTS),
        python=values.text("python"),
        install=values.text("install"),
        extras=values.words("extras"),
        groups=values.words("groups"),
        python_version=values.text("python-version"),
        install_project=values.flag("install-project"),
        protected=values.environments("protected"),
        scratch_baseline=values.text("scratch-baseline"),
        irreversible=values.pairs("irreversible"),
        sql_offline=values.flag("sql-offline"),
        redact_columns=values.words("redact-columns"),
        rows=values.count("rows"),
        rows_dir=values.path("rows-dir"),
        fail_on=values.words_of("fail-on", FAILURES),
        plan=values.optional_path("plan"),
        databases=values.words("databases"),
        databases_query=values.text("databases-query"),
        schemas=values.text("schemas"),
        shard=values.text("shard"),
        resume_from=values.optional_path("resume-from"),
        parallel=values.count_or_auto("parallel"),
        canary=values.words("canary"),
        max_failures=values.count("max-failures"),
        resume=values.word_of("resume", WAYS_OUT),
        statements_in=values.text("statements-in"),
        apply=values.flag("apply"),
        allow_data_loss=values.flag("allow-data-loss"),
        dry_run=values.flag("dry-run"),
        report_dir=values.path("report-dir"),
        migration_lock_timeout=values.seconds("migration-lock-timeout"),
        connect_timeout=values.seconds("connect-timeout"),
        lock_timeout=values.optional_seconds("lock-timeout"),
        statement_timeout=values.optional_seconds("statement-timeout"),
        retries=values.count("retries"),
        verify=values.words_of("verify", VERIFICATIONS),
        start_timeout=values.seconds("start-timeout"),
        step_timeout=values.seconds("step-timeout"),
        verbose=values.flag("verbose"),
        comment=values.word_of("comment", COMMENTS),
        comment_key=values.text("comment-key"),
        allow_fork_code=values.flag("allow-fork-code"),
        sources=sources,
    )
