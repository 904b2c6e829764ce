"""What a run found out, as plain values: the report is these, and nothing else."""

from alembic_ci.model.change import ChangeResult, LockWait, Retry, TextResult
from alembic_ci.model.diagnosis import (
    DiagnosisResult,
    HalfApplied,
    PlacedStatement,
    Presence,
    Recovery,
    Way,
)
from alembic_ci.model.plan import DowngradePlan, PlannedDowngrade
from alembic_ci.model.problem import Command, Language, Problem
from alembic_ci.model.report import (
    DatabaseReport,
    EnvironmentReport,
    ProjectInfo,
    Report,
    Result,
    RevisionInfo,
    StepReport,
)
from alembic_ci.model.rollback import (
    EVERY_TABLE,
    Difference,
    RevisionProof,
    RollbackResult,
    RoundTrip,
)
from alembic_ci.model.sql import Divergence, Origin, RenderedRevision, SetupStatement, SqlResult
from alembic_ci.model.statement import Blocks, Lock, Narrowing, Risk, Statement, risk
from alembic_ci.model.states import Direction, Phase, State, Verdict
from alembic_ci.model.status import StatusResult

__all__ = [
    "EVERY_TABLE",
    "Blocks",
    "ChangeResult",
    "Command",
    "DatabaseReport",
    "DiagnosisResult",
    "Difference",
    "Direction",
    "Divergence",
    "DowngradePlan",
    "EnvironmentReport",
    "HalfApplied",
    "Language",
    "Lock",
    "LockWait",
    "Narrowing",
    "Origin",
    "Phase",
    "PlacedStatement",
    "PlannedDowngrade",
    "Presence",
    "Problem",
    "ProjectInfo",
    "Recovery",
    "RenderedRevision",
    "Report",
    "Result",
    "Retry",
    "RevisionInfo",
    "RevisionProof",
    "Risk",
    "RollbackResult",
    "RoundTrip",
    "SetupStatement",
    "SqlResult",
    "State",
    "Statement",
    "StatusResult",
    "StepReport",
    "TextResult",
    "Verdict",
    "Way",
    "risk",
]
