"""The steps of one database as bars on a line of time."""

from collections.abc import Sequence
from dataclasses import dataclass

from alembic_ci.model import StepReport
from alembic_ci.render.rows import Row

_SCALE = 1_000
_THINNEST = 4  # so that a step of a millisecond can be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One step; *start* and *width* are thousandths of the longest database's time."""

    step: StepReport
    start: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One database and its steps, one after the other."""

    row: Row
    bars: tuple[Bar, ...]


def timeline(found: Sequence[Row]) -> tuple[Track, ...]:
    """Return the databases that any step was asked of, all on one scale."""
    longest = max((row.duration for row in found), default=0.0) or 1.0
    return tuple(Track(row=row, bars=_bars(row, longest)) for row in found if row.steps)


def _bars(row: Row, longest: float) -> tuple[Bar, ...]:
    bars: list[Bar] = []
    passed = 0.0
    for step in row.steps:
        start = min(round(_SCALE * passed / longest), _SCALE - _THINNEST)
        width = max(_THINNEST, round(_SCALE * step.duration / longest))
        bars.append(Bar(step=step, start=start, width=min(width, _SCALE - start)))
        passed += step.duration
    return tuple(bars)
