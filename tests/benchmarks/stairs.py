"""The command line, but for the way in one go; only the benchmarks start it."""

import contextlib
import sys
from collections.abc import Iterator

from alembic_ci.cli import main
from alembic_ci.steps import rollback
from alembic_ci.steps.early_trip import EarlyTrip
from alembic_ci.steps.ground import Ground
from alembic_ci.steps.round_trip import Travelled


@contextlib.contextmanager
def _nobody(*_: object, **__: object) -> Iterator[EarlyTrip]:
    yield EarlyTrip(())


def _nowhere(_: object, grounds: dict[str, Ground], __: object) -> Travelled:
    return Travelled(trips=dict.fromkeys(grounds, ()))


if __name__ == "__main__":
    vars(rollback).update(early_trip=_nobody, round_trips=_nowhere)
    sys.exit(main())
