"""The list of calls: settings in, every environment's steps, one report out."""

import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import TextIO

from alembic_ci.ci.files import refuse_unwritable, report_folder
from alembic_ci.ci.hosts import Host, host
from alembic_ci.ci.jobs import job_url
from alembic_ci.database.failures import Surroundings
from alembic_ci.environments import Environment, environments, scratch_url
from alembic_ci.errors import SIGNAL_BASE, AlembicCIError, Interrupted, combined
from alembic_ci.fleet.finding import Finder
from alembic_ci.fleet.picking import labelled, sharded
from alembic_ci.fleet.resuming import earlier
from alembic_ci.fleet.shard import shard
from alembic_ci.fleet.visit import Errand
from alembic_ci.history import History, info
from alembic_ci.model import (
    EnvironmentReport,
    Problem,
    ProjectInfo,
    Report,
    RevisionInfo,
)
from alembic_ci.pipeline import Pipeline
from alembic_ci.plans.reading import read_plan
from alembic_ci.progress import Bar, Held, Lines, Passing
from alembic_ci.project.ahead import Ahead
from alembic_ci.project.dependencies.choosing import Circumstances, with_interpreter
from alembic_ci.project.interpreter import interpreter
from alembic_ci.project.locate import Project, locate
from alembic_ci.project.spawn import drivernames
from alembic_ci.redaction import Redactor, safe_everywhere
from alembic_ci.settings import Settings
from alembic_ci.steps.beginning import begin_to_load
from alembic_ci.steps.context import Context, Progress
from alembic_ci.steps.problems import interruption, mistake, problem

_NEWEST = 20  # revisions a report shows around those that it speaks of


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a run takes from the world; *talk* is where progress goes, *report* the result.

    *in_image* tells that this is our container image, where the project's dependencies have to be
    installed. *undisturbed* is called when the work is done: no signal may end the publishing half
    way.
    """

    variables: Mapping[str, str]
    directory: Path
    report: TextIO
    talk: TextIO
    colour: bool
    ahead: Ahead
    in_image: bool
    undisturbed: Callable[[], None]


@dataclass(slots=True)
class _Found:
    """What a run has found out so far; it becomes the report whatever stops the run."""

    environments: list[EnvironmentReport]
    redact: Redactor
    host: Host
    context: Context | None = None
    pipeline: Pipeline | None = None
    problem: Problem | None = None
    signum: int = 0


def run(command: str, arguments: Sequence[str], settings: Settings, outside: Outside) -> int:
    """Do what *command* says, publish the report, and return the exit code."""
    started, began = monotonic(), datetime.now(UTC)
    found = _Found([], Redactor(()), host(outside.variables, outside.report))
    try:
        _work(command, arguments, settings, outside, found)
    except AlembicCIError as error:
        found.problem = problem(error, redact=found.redact, start_directory=outside.directory)
    except Interrupted as interrupted:
        found.signum = interrupted.signum
        found.problem = interruption(interrupted.signum)
    except Exception as error:  # noqa: BLE001 - our own mistake; what was done is reported anyway
        found.problem = mistake(error, redact=found.redact)
    outside.undisturbed()
    if found.context:
        found.context.progress.finish()
    report = _report(command, found, began, monotonic() - started)
    return _published(report, settings, outside, found)


def refuse(command: str, error: AlembicCIError, settings: Settings, outside: Outside) -> int:
    """Publish that nothing was done because of *error*, and return the exit code."""
    found = _Found([], Redactor(()), host(outside.variables, outside.report))
    found.problem = problem(error, redact=found.redact, start_directory=outside.directory)
    report = _report(command, found, datetime.now(UTC), 0.0)
    return _published(report, settings, outside, found)


def _work(
    command: str,
    arguments: Sequence[str],
    settings: Settings,
    outside: Outside,
    found: _Found,
) -> None:
    refuse_unwritable(_folder(settings, outside))
    chosen = environments(settings, outside.variables)
    _hide_secrets(chosen, settings, outside, found)
    chosen = _completed(chosen, settings, outside)
    _hide_secrets(chosen, settings, outside, found)
    progress = _progress(command, settings, outside, found)
    circumstances = Circumstances(
        in_image=outside.in_image, variables=outside.variables, say=progress.note
    )
    settings = with_interpreter(settings, drivernames(chosen), circumstances)
    context = _context(settings, outside, found, progress)
    begin_to_load(context, chosen, outside.ahead)
    history = History.read(context.project)
    found.context = dataclasses.replace(context, history=history)
    plan = read_plan(settings.plan) if settings.plan else None
    before = earlier(settings.resume_from, command) if settings.resume_from else None
    errand = Errand(command=command, arguments=tuple(arguments), earlier=before, plan=plan)
    if not errand.renders(context):
        context.prepare()
    found.pipeline = Pipeline(found.context, errand)
    engines = bool(found.context.project.engines)
    part = shard(settings.shard, outside.variables)
    for report in found.pipeline.reports(sharded(chosen, part, together=engines)):
        found.environments.append(report)
        found.signum = found.pipeline.signum


def _hide_secrets(
    chosen: Sequence[Environment], settings: Settings, outside: Outside, found: _Found
) -> None:
    """Take the secrets of all URLs that are known by now out of every text."""
    urls = [url for environment in chosen for url in environment.urls()]
    urls += [url for url in (scratch_url(outside.variables),) if url]
    secrets = [secret for url in urls for secret in url.secrets()]
    found.redact = Redactor(secrets, settings.redact_columns)
    safe = [secret for secret in secrets if safe_everywhere(secret)]
    found.host = host(outside.variables, outside.report, secrets=safe)


def _completed(
    chosen: Sequence[Environment], settings: Settings, outside: Outside
) -> tuple[Environment, ...]:
    """Find the databases that are not written down, and pick those that are wanted."""
    finder = Finder(
        settings=settings,
        directory=settings.working_directory.resolve(),
        surroundings=_surroundings(outside.variables),
    )
    return labelled([finder.found(environment) for environment in chosen], settings.databases)


def _context(settings: Settings, outside: Outside, found: _Found, progress: Progress) -> Context:
    """Return the context of the run, but for the history."""
    project = locate(settings)
    python = interpreter(settings.python, project.directory)
    return Context(
        settings=settings,
        project=project,
        history=History((), project.directory),
        interpreter=python,
        variables=outside.variables,
        redact=found.redact,
        progress=progress,
        start_directory=outside.directory,
        report_dir=_folder(settings, outside),
        surroundings=_surroundings(outside.variables),
        ahead=outside.ahead.starter,
        processors=settings.parallel or len(os.sched_getaffinity(0)),
        prepare=_prepare_delivery,
    )


def _surroundings(variables: Mapping[str, str]) -> Surroundings:
    marks = (Path("/.dockerenv"), Path("/run/.containerenv"))
    hosts = {
        "GITHUB_ACTIONS": "GitHub Actions",
        "GITLAB_CI": "GitLab CI",
        "TF_BUILD": "Azure Pipelines",
        "BITBUCKET_BUILD_NUMBER": "Bitbucket Pipelines",
        "CIRCLECI": "CircleCI",
    }
    return Surroundings(
        in_container=any(mark.exists() for mark in marks),
        ci=next((name for variable, name in hosts.items() if variables.get(variable)), ""),
        job=job_url(variables),
    )


def _progress(command: str, settings: Settings, outside: Outside, found: _Found) -> Progress:
    lines = Lines(outside.talk, found.redact, verbose=settings.verbose)
    if command == "alembic" and outside.variables.get("GITHUB_ACTIONS"):
        return Held(found.host.show, lines)
    if command == "alembic":
        return Passing(outside.report, lines)
    return Bar(lines) if outside.talk.isatty() else lines


def _folder(settings: Settings, outside: Outside) -> Path:
    return report_folder(outside.directory, settings.report_dir)


def _report(command: str, found: _Found, began: datetime, duration: float) -> Report:
    return Report(
        command=command,
        tool_version=version("alembic-ci"),
        started_at=began.isoformat(timespec="seconds"),
        duration=duration,
        exit_code=_exit_code(found),
        project=_project(found),
        revisions=tuple(_revisions(found)),
        environments=tuple(found.environments),
        problem=found.problem,
    )


def _exit_code(found: _Found) -> int:
    """A signal's number counts most, then the most telling of all problems."""
    if found.signum:
        return SIGNAL_BASE + found.signum
    problems = [found.problem, *(environment.problem for environment in found.environments)]
    for environment in found.environments:
        for database in environment.databases:
            problems += database.problems()
    return int(combined(item.exit_code for item in problems if item))


def _project(found: _Found) -> ProjectInfo | None:
    if found.context is None:
        return None
    project, start = found.context.project, found.context.start_directory
    versions = found.pipeline.versions if found.pipeline else None
    return ProjectInfo(
        config=os.path.relpath(_config_file(project), start),
        script_location=os.path.relpath(project.script_location, start),
        python=versions.python if versions else "",
        alembic=versions.alembic if versions else "",
        sqlalchemy=versions.sqlalchemy if versions else "",
    )


def _config_file(project: Project) -> Path:
    return project.config_file or project.toml_file or project.directory


def _revisions(found: _Found) -> Iterator[RevisionInfo]:
    """Yield what is known of each revision the report speaks of and of the newest, oldest first."""
    if found.context is None:
        return
    history = found.context.history
    ordered = history.oldest_first()
    newest = {revision.revision for revision in ordered[-_NEWEST:]}
    spoken = _spoken_of(found.environments) | set(history.heads) | newest
    start = found.context.start_directory.resolve()
    for revision in ordered:
        if revision.revision in spoken:
            yield info(revision, start)


def _spoken_of(environments: Iterable[EnvironmentReport]) -> set[str]:
    return {
        name
        for environment in environments
        for database in environment.databases
        for name in database.revisions()
    }


def _published(report: Report, settings: Settings, outside: Outside, found: _Found) -> int:
    from alembic_ci.delivery import Delivery  # noqa: PLC0415
    from alembic_ci.publish import Places  # noqa: PLC0415

    return Delivery(
        settings=settings,
        variables=outside.variables,
        places=Places(folder=_folder(settings, outside), start=outside.directory),
        host=found.host,
        colour=outside.colour,
        written=found.context.project.version_locations if found.context else (),
    ).deliver(report)


@cache
def _prepare_delivery() -> None:
    """Load on another thread what reports are made with, which takes longer than to use it."""

    def load() -> None:
        from alembic_ci import delivery  # noqa: PLC0415

        delivery.prepare()

    Thread(target=load, name="delivery", daemon=True).start()
