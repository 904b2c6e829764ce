"""What ``plan.json`` holds; ``plan.schema.json`` beside this file describes it."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

SCHEMA = 1
SCHEMA_PATH = Path(__file__).with_name("plan.schema.json")
FILE_NAME = "plan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRevision:
    """One pending revision; the digests are those of its files, the paths relative to the plan."""

    revision: str
    upgrade_path: str
    upgrade_sha256: str
    downgrade_path: str
    downgrade_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDatabase:
    """Where a database stood, where it is to go, and the SQL that takes it there."""

    environment: str
    label: str
    dialect: str
    location: str
    current: tuple[str, ...]
    target: str
    heads: tuple[str, ...]
    sql_path: str
    sql_sha256: str
    revisions: tuple[PlannedRevision, ...]

    @property
    def name(self) -> str:
        """Name the database as everywhere else."""
        return f"{self.environment}/{self.label}" if self.label else self.environment

    @property
    def pending(self) -> tuple[str, ...]:
        """Return the revisions in the order in which they are applied."""
        return tuple(item.revision for item in self.revisions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What made the plan."""

    tool: str
    python: str
    alembic: str
    sqlalchemy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was planned; *folder*, where the reviewed SQL files are, is not written down."""

    created_at: str
    commit: str
    versions: Versions
    databases: tuple[PlannedDatabase, ...]
    folder: Path = field(default=Path(), compare=False)

    def database(self, environment: str, label: str) -> PlannedDatabase | None:
        """Return what was planned for a database, if anything."""
        return next(
            (d for d in self.databases if (d.environment, d.label) == (environment, label)), None
        )


def plan_json(plan: Plan) -> str:
    """Return the plan as JSON text that ends with a line feed."""
    whole = {"schema": SCHEMA, **dataclasses.asdict(plan)}
    del whole["folder"]
    text = json.dumps(whole, indent=2, ensure_ascii=False)
    return text.encode(errors="backslashreplace").decode() + "\n"
