"""The files of ``plan``: the plan itself, and what lets a CI host make jobs out of it."""

from collections.abc import Mapping

from alembic_ci.model import Report
from alembic_ci.plans.document import FILE_NAME, plan_json
from alembic_ci.plans.gitlab import FILE_NAME as PIPELINE_NAME
from alembic_ci.plans.gitlab import child_pipeline
from alembic_ci.plans.jobs import jobs, matrix
from alembic_ci.plans.making import planned
from alembic_ci.project.git import commit
from alembic_ci.publish import NOTHING_MORE, Extra, Places

COMMAND = "plan"

# Where there is no repository (an exported archive, git not installed) the host knows the commit.
_COMMITS = ("GITHUB_SHA", "CI_COMMIT_SHA")


def plan_of(report: Report, places: Places, variables: Mapping[str, str]) -> Extra:
    """Return what ``plan`` leaves behind; nothing for any other command."""
    if report.command != COMMAND:
        return NOTHING_MORE
    told = next((variables[name] for name in _COMMITS if variables.get(name)), "")
    plan = planned(
        report,
        start=places.start,
        folder=places.folder,
        commit=commit(places.start) or told,
    )
    path, found = places.shown(FILE_NAME), jobs(plan)
    return Extra(
        files={
            FILE_NAME: plan_json(plan),
            PIPELINE_NAME: child_pipeline(found, path, variables),
        },
        outputs={"matrix": matrix(found), "plan-path": path},
    )
