"""The few words that verdicts and directions are told in."""

from enum import StrEnum


class State(StrEnum):
    """How a step, a database, an environment or the whole run ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Direction(StrEnum):
    """Which way a revision is applied."""

    UP = "up"
    DOWN = "down"


class Verdict(StrEnum):
    """What the rollback test says of one revision."""

    PASSED = "passed"
    FAILED = "failed"  # up, down or the second up raised
    RESIDUE = "residue"  # down or the second up ran, but the schema is not what it was
    MISSING = "missing"  # upgrade does something and downgrade does nothing
    IRREVERSIBLE = "irreversible"  # declared impossible to roll back
    NOT_RUN = "not-run"


class Phase(StrEnum):
    """Where in up, down, up a revision failed."""

    UP = "up"
    DOWN = "down"
    SECOND_UP = "second-up"
