"""Walk a scratch database through the history, and see where its schema is the live one's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.delta import Delta, ObjectKey
from alembic_ci.history import History, Revision
from alembic_ci.model import Direction
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Ready, Session
from alembic_ci.steps.doctor.essence import Essence, counts, essence
from alembic_ci.steps.observer import Observer, whole_snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place on the walk: *applied* revisions, and the objects in which the live one differs."""

    applied: tuple[str, ...]
    differing: frozenset[ObjectKey]


class Walk:
    """A walker that applies *order* one by one and compares after each with *live*.

    *points* begin with the empty schema. It stops early at *standing* (how many revisions the
    database is said to have) when there is no difference. *touched* are the objects that each
    revision changed. *broken* is why the walk went no further, if it did not.
    """

    rebuild = False

    def __init__(
        self,
        order: Sequence[Revision],
        standing: int,
        live: Essence,
        observer: Observer,
        *,
        schema: str = "",
    ) -> None:
        self._order = order
        self._schema = schema
        self._standing = standing
        self._live = live
        self._observer = observer
        self._differing: set[ObjectKey] = set()
        self._begun = False
        self.points: list[Point] = []
        self.touched: dict[str, frozenset[ObjectKey]] = {}
        self.broken: StepFailedError | None = None

    @property
    def finished(self) -> bool:
        """Tell whether nothing is left to see."""
        there = len(self.points) == self._standing + 1 and not self._differing
        return bool(self.broken) or there or len(self.points) == len(self._order) + 1

    @property
    def standing(self) -> frozenset[str]:
        """Nothing: the walk begins with the empty schema."""
        return frozenset()

    def prepare(self, session: Session) -> int:  # noqa: ARG002 - there is nothing to bring up
        """Do nothing."""
        return 0

    def visit(self, session: Session) -> None:
        """Go on where the walk stands."""
        self._observer.attach(session)
        if not self._begun:
            self._begun = True
            self._observer.start()
            state = essence(self._observer.tracker.state, self._schema)
            self._weigh(state.keys() | self._live.keys())
            self._note()
        while not self.finished:
            revision = self._order[len(self.points) - 1]
            delta = self._observer.step(revision.revision, Direction.UP)
            self.touched[revision.revision] = frozenset(self._keys(delta))
            self._weigh(self.touched[revision.revision])
            self._note()

    def failed(self, error: StepFailedError) -> None:
        """Take note of the revision that does not run here."""
        self.broken = error

    def mend(self) -> bool:
        """Refuse; nothing is repaired here."""
        return False

    def rebuilt(self) -> None:
        """Hear of what is never asked for."""

    def at_standing(self) -> Point | None:
        """Return what was seen where the database is said to stand, None if not reached."""
        return self.points[self._standing] if len(self.points) > self._standing else None

    def _weigh(self, keys: "frozenset[ObjectKey] | set[ObjectKey]") -> None:
        state = self._observer.tracker.state
        ours = essence({key: state[key] for key in keys if key in state}, self._schema)
        for key in keys:
            if ours.get(key) == self._live.get(key):
                self._differing.discard(key)
            else:
                self._differing.add(key)

    def _keys(self, delta: Delta) -> Iterator[ObjectKey]:
        return (key for key in delta.changes if counts(key, self._schema))

    def _note(self) -> None:
        applied = tuple(item.revision for item in self._order[: len(self.points)])
        self.points.append(Point(applied=applied, differing=frozenset(self._differing)))


def route(history: History, current: Sequence[str]) -> tuple[tuple[Revision, ...], int]:
    """Return all revisions, those that *current* stands on first, and how many these are."""
    there = history.closure(current)
    order = history.oldest_first()
    first = tuple(item for item in order if item.revision in there)
    rest = tuple(item for item in order if item.revision not in there)
    return first + rest, len(first)


def live_essence(control: Control, ready: Ready, schema: str) -> Essence:
    """Read the whole schema of a real database, or that of one tenant."""
    return essence(whole_snapshot(control, ready), schema)
