"""Lanes for the revision graph, as ``git log --graph`` has them: the newest is on top."""

from collections.abc import Sequence
from dataclasses import dataclass

from alembic_ci.render.revision_graph import Node

ROW = 56
"""The height of a row in units of the drawing; the rows of the page are as high."""
_LANE = 18
_MARGIN = 14
_WIDEST = 190  # past it the lanes move closer together


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A line from a revision down to one of its parents, as the data of an SVG path."""

    path: str
    broken_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """Where a revision is drawn."""

    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The whole graph; *dots* are in the order of the nodes."""

    width: float
    height: float
    edges: tuple[Edge, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class _Strand:
    """A line on its way down: it left its child in row *row* and runs in lane *lane*."""

    row: int
    start: int
    lane: int
    parent: str


def drawing(nodes: Sequence[Node], rows: Sequence[int]) -> Drawing:
    """Lay out *nodes*, newest first; *rows* says in which row of the page each one stands."""
    lanes: list[_Strand | None] = []
    places: list[int] = []
    finished: list[tuple[_Strand, int, int]] = []
    loose: list[tuple[int, int]] = []
    for node, row in zip(nodes, rows, strict=True):
        arriving = [s for s in lanes if s is not None and s.parent == node.info.revision]
        lane = min((s.lane for s in arriving), default=None)
        lane = _free(lanes) if lane is None else lane
        for strand in arriving:
            finished.append((strand, row, lane))
            lanes[strand.lane] = None
        places.append(lane)
        _leave(lanes, node, row, lane)
        if node.broken_off or (not node.parents and node.info.down_revisions):
            loose.append((row, lane))
    return _drawn(places, rows, finished, loose)


def _leave(lanes: list[_Strand | None], node: Node, row: int, lane: int) -> None:
    """Send a strand down to each parent; the first goes on in the revision's own lane."""
    waiting = {strand.parent: strand for strand in lanes if strand is not None}
    for number, parent in enumerate(node.parents):
        own = number == 0 and lanes[lane] is None
        taken = lane if own and parent not in waiting else _free(lanes)
        lanes[taken] = _Strand(row, lane, taken, parent)


def _free(lanes: list[_Strand | None]) -> int:
    """Return the first lane that nothing runs in; a new one where all are taken."""
    for number, strand in enumerate(lanes):
        if strand is None:
            return number
    lanes.append(None)
    return len(lanes) - 1


def _drawn(
    places: Sequence[int],
    rows: Sequence[int],
    finished: Sequence[tuple[_Strand, int, int]],
    loose: Sequence[tuple[int, int]],
) -> Drawing:
    lanes = 1 + max((*places, *(strand.lane for strand, _, _ in finished)), default=0)
    step = min(_LANE, (_WIDEST - 2 * _MARGIN) / max(1, lanes - 1))
    xs = [round(_MARGIN + lane * step, 1) for lane in range(lanes)]
    edges = [Edge(path=_path(xs, strand, row, lane)) for strand, row, lane in finished]
    edges += [
        Edge(path=f"M{xs[lane]} {_y(row)}V{_y(row) + ROW * 0.45:g}", broken_off=True)
        for row, lane in loose
    ]
    return Drawing(
        width=round(2 * _MARGIN + (lanes - 1) * step, 1),
        height=ROW * (1 + max(rows, default=0)),
        edges=tuple(edges),
        dots=tuple(Dot(x=xs[lane], y=_y(row)) for lane, row in zip(places, rows, strict=True)),
    )


def _path(xs: Sequence[float], strand: _Strand, row: int, lane: int) -> str:
    """Run from the child sideways into the strand's lane, down, and sideways into the parent."""
    start, middle, end = xs[strand.start], xs[strand.lane], xs[lane]
    top, bottom = _y(strand.row), _y(row)
    if bottom - top <= ROW:
        return f"M{start} {top:g}{_way(start, top, end, bottom)}"
    turn, last = top + ROW, bottom - ROW
    out, home = _way(start, top, middle, turn), _way(middle, last, end, bottom)
    return f"M{start} {top:g}{out}V{last:g}{home}"


def _way(x: float, y: float, to_x: float, to_y: float) -> str:
    if x == to_x:
        return f"V{to_y:g}"
    middle = (y + to_y) / 2
    return f"C{x} {middle:g} {to_x} {middle:g} {to_x} {to_y:g}"


def _y(row: int) -> float:
    return ROW * (row + 0.5)
