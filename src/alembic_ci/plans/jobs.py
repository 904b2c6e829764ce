"""Share the databases of a plan out among jobs: one each, or shards where those are too many."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from alembic_ci.plans.document import Plan, PlannedDatabase

# https://docs.github.com/en/actions/reference/limits: a matrix makes at most 256 jobs a run.
MOST_JOBS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job: an environment, and one of its databases or one shard of them."""

    environment: str
    databases: str = ""
    shard: str = ""

    @property
    def name(self) -> str:
        """Name the job for people."""
        part = self.databases or self.shard
        return f"{self.environment} {part}" if part else self.environment


def jobs(plan: Plan) -> tuple[Job, ...]:
    """Return the jobs for the databases that have something to do."""
    behind = [database for database in plan.databases if database.revisions]
    if len(behind) <= MOST_JOBS:
        return tuple(_own(database) for database in behind)
    return tuple(_shards(behind))


def _own(database: PlannedDatabase) -> Job:
    return Job(environment=database.environment, databases=database.label)


def _shards(behind: list[PlannedDatabase]) -> Iterator[Job]:
    """Give each environment its share of the jobs, one at least."""
    counts = Counter(database.environment for database in behind)
    room = MOST_JOBS - len(counts)
    for environment, count in counts.items():
        total = 1 + room * count // len(behind)
        for index in range(1, total + 1):
            shard = f"{index}/{total}" if total > 1 else ""
            yield Job(environment=environment, shard=shard)


def matrix(found: tuple[Job, ...]) -> str:
    """Return the JSON for GitHub's ``strategy.matrix``; empty when there is nothing to do."""
    if not found:
        return ""
    include = [
        {
            "name": job.name,
            "environment": job.environment,
            "databases": job.databases,
            "shard": job.shard,
        }
        for job in found
    ]
    return json.dumps({"include": include}, separators=(",", ":"))
