"""Go through the environments in order, and keep every outcome whatever happens."""

import dataclasses
from collections.abc import Iterator, Sequence

from alembic_ci.environments import Environment
from alembic_ci.errors import AlembicCIError
from alembic_ci.fleet.crew import Crew
from alembic_ci.fleet.visit import Errand
from alembic_ci.model import DatabaseReport, EnvironmentReport, Problem, State
from alembic_ci.project.worker import Versions
from alembic_ci.steps.bindings import groups
from alembic_ci.steps.context import Context
from alembic_ci.steps.problems import problem


class Pipeline:
    """One command on any number of environments.

    A failed step stops the later steps of its environment, and the writing steps of later
    environments. *signum* is set once a signal ended the work early.
    """

    def __init__(self, context: Context, errand: Errand) -> None:
        self._context = context
        self._errand = errand
        self.signum = 0
        self.versions: Versions | None = None

    def reports(self, environments: Sequence[Environment]) -> Iterator[EnvironmentReport]:
        """Yield one report for each environment, in order."""
        for environment in environments:
            report = self._environment(environment)
            if report.state is State.FAILED and not self._errand.failed:
                self._errand = dataclasses.replace(self._errand, failed=environment.name)
            yield report

    def _environment(self, environment: Environment) -> EnvironmentReport:
        settings = self._context.settings.for_environment(environment.name)
        context = dataclasses.replace(self._context, settings=settings)
        databases: tuple[DatabaseReport, ...] = ()
        failed: Problem | None = None
        try:
            if environment.trouble:
                raise environment.trouble
            desks = () if environment.nothing else tuple(groups(context.project, environment))
            crew = Crew(context, environment, self._errand, signum=self.signum)
            databases = crew.work(desks)
            self.signum, self.versions = crew.signum, crew.versions or self.versions
        except AlembicCIError as error:
            failed = self._problem(error)
        return EnvironmentReport(
            name=environment.name,
            protected=environment.protected,
            databases=databases,
            problem=failed,
            reason=environment.nothing,
        )

    def _problem(self, error: AlembicCIError) -> Problem:
        context = self._context
        return problem(error, redact=context.redact, start_directory=context.start_directory)
