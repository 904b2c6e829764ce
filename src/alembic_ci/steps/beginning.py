"""What may begin before a step does."""

import contextlib
import dataclasses
from collections.abc import Sequence
from itertools import islice

from alembic_ci.environments import Environment
from alembic_ci.errors import AlembicCIError
from alembic_ci.project.ahead import Ahead
from alembic_ci.steps.bindings import groups
from alembic_ci.steps.context import Context, do_nothing
from alembic_ci.steps.launching import launch_of


def begin_to_load(context: Context, chosen: Sequence[Environment], ahead: Ahead) -> None:
    """Have the first database's worker import the revisions while their files are read here.

    What is wrong is found out later; nothing is imported if no process was started ahead.
    """
    for environment in chosen[:1] if ahead.guessed else ():
        settings = context.settings.for_environment(environment.name)
        context = dataclasses.replace(context, settings=settings)
        with contextlib.suppress(AlembicCIError):
            for bindings in islice(groups(context.project, environment), 1):
                launch = launch_of(context, bindings, meanwhile=do_nothing)
                ahead.begin(launch.spawn, launch.message())
