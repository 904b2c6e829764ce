"""The command line, but for the measuring of each statement; only the benchmarks start it."""

import sys

from alembic_ci.cli import main
from alembic_ci.history import Revision
from alembic_ci.model import Direction
from alembic_ci.project.session import Session, Stepped
from alembic_ci.steps.watching import StatementWatch


def _step(
    _: StatementWatch, session: Session, revision: Revision, direction: Direction, __: object
) -> Stepped:
    session.recorded = False
    return session.step(revision.revision, direction)


if __name__ == "__main__":
    StatementWatch.step = _step  # type: ignore[method-assign,assignment]
    sys.exit(main())
