"""All revisions at once: up in one go, down in one go, and up again.

Each leg is a run of env.py in the project's own transaction mode, as a deployment does it. It
finds what the stairway cannot: revisions that only work one at a time, a transaction around
everything that is rolled back in the end, and downgrades that need what a later one has taken.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from alembic_ci.delta import Delta, Snapshot
from alembic_ci.history import Revision
from alembic_ci.model import (
    Difference,
    Direction,
    Phase,
    Problem,
    RevisionProof,
    RoundTrip,
    State,
    Verdict,
)
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.ground import Ground
from alembic_ci.steps.in_one_go import told_in_one_go
from alembic_ci.steps.lost_changes import silent_rollback
from alembic_ci.steps.observer import whole_snapshot
from alembic_ci.steps.problems import problem, verdict_problem
from alembic_ci.steps.scratch import Scratch
from alembic_ci.steps.version_table import version_rows
from alembic_ci.steps.walkers import bring_up
from alembic_ci.wording import residue

_UP, _DOWN, _AGAIN = "upgrade in one go", "downgrade in one go", "upgrade again"
_NO_WAY_BACK = frozenset({Verdict.FAILED, Verdict.MISSING, Verdict.IRREVERSIBLE})


Trips = Mapping[str, tuple[RoundTrip, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Travelled:
    """The three legs for each database, and the schemas that the first led to."""

    trips: Trips
    schemas: Mapping[str, Snapshot] = field(default_factory=dict)


def round_trips(
    scratch: Scratch,
    grounds: Mapping[str, Ground],
    schemas: Mapping[str, Snapshot | None],
) -> Travelled:
    """Go the three legs with each database; those that cannot be run say why.

    *schemas* are where the revisions led one by one. What they leave behind one by one is not told
    again.
    """
    if not any(ground.todo for ground in grounds.values()):
        return Travelled(trips=dict.fromkeys(grounds, ()))
    every = [proof for ground in grounds.values() for proof in ground.proofs]
    cannot = [proof.revision for proof in every if not _goes_up(proof)]
    if cannot:
        reason = f"{_named(cannot)} cannot be applied"
        legs = tuple(_skipped(name, reason) for name in (_UP, _DOWN, _AGAIN))
        return Travelled(trips=dict.fromkeys(grounds, legs))
    obstacles = _obstacles(every)
    known = frozenset(item.object for proof in every for item in proof.differences)
    travelled = _Trip(scratch, grounds, schemas, known).run(obstacles)
    if not any(leg.state is State.FAILED for legs in travelled.trips.values() for leg in legs):
        return travelled
    scratch.desk.close_worker()  # a failure is confirmed in a fresh process, as any other
    return _Trip(scratch, grounds, schemas, known).run(obstacles)


def _obstacles(proofs: Sequence[RevisionProof]) -> dict[Phase, str]:
    """Return why the ways back and up again cannot be gone."""
    one_way = [proof.revision for proof in proofs if proof.verdict in _NO_WAY_BACK]
    once = [proof.revision for proof in proofs if proof.phase is Phase.SECOND_UP and proof.problem]
    obstacles = {Phase.SECOND_UP: f"{_named(once)} cannot be applied again"} if once else {}
    return {Phase.DOWN: f"no way back from {_named(one_way)}"} if one_way else obstacles


def _goes_up(proof: RevisionProof) -> bool:
    return proof.applied


def _named(revisions: Sequence[str]) -> str:
    """Name one revision, count several."""
    return revisions[0] if len(revisions) == 1 else f"{len(revisions)} revisions"


def _without(schema: Snapshot, tables: Collection[str]) -> Snapshot:
    return {key: value for key, value in schema.items() if (key.parent or key.name) not in tables}


def _skipped(name: str, reason: str) -> RoundTrip:
    return RoundTrip(name=name, state=State.SKIPPED, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leg:
    """One run over all revisions; *phase* chooses the words for what is different after it."""

    name: str
    direction: Direction
    phase: Phase


_LEGS = (
    _Leg(name=_UP, direction=Direction.UP, phase=Phase.UP),
    _Leg(name=_DOWN, direction=Direction.DOWN, phase=Phase.DOWN),
    _Leg(name=_AGAIN, direction=Direction.UP, phase=Phase.SECOND_UP),
)


class _Trip:
    """The round trip of one desk, on emptied scratch databases."""

    def __init__(
        self,
        scratch: Scratch,
        grounds: Mapping[str, Ground],
        schemas: Mapping[str, Snapshot | None],
        known: frozenset[str],
    ) -> None:
        self._scratch = scratch
        self._known = known
        self._grounds = grounds
        self._schemas: dict[str, dict[Direction, Snapshot]] = {label: {} for label in grounds}
        for label, schema in schemas.items():
            if schema is not None:
                self._schemas[label][Direction.UP] = schema
        self._found: dict[str, list[RoundTrip]] = {label: [] for label in grounds}

    def run(self, obstacles: Mapping[Phase, str]) -> Travelled:
        """Run the legs up to the first of *obstacles*."""
        self._prepare()
        reason = ""
        for leg in _LEGS:
            reason = reason or obstacles.get(leg.phase, "")
            if reason:
                self._skip(leg, reason)
                continue
            self._run(leg)
            if any(trips[-1].state is State.FAILED for trips in self._found.values()):
                reason = f"{leg.name} failed"
        led_to = {label: known.get(Direction.UP) for label, known in self._schemas.items()}
        return Travelled(
            trips={label: tuple(trips) for label, trips in self._found.items()},
            schemas={label: schema for label, schema in led_to.items() if schema is not None},
        )

    def _prepare(self) -> None:
        for binding in self._scratch.bindings:
            self._scratch.reset(binding, self._grounds[binding.label].base)
        history = self._scratch.desk.context.history

        def visit(binding: Binding, session: Session) -> None:
            bring_up(session, history, self._grounds[binding.label].base)

        self._scratch.desk.sessions_of(Online(scratch=True), visit)
        for binding in self._scratch.bindings:
            self._schemas[binding.label][Direction.DOWN] = self._schema(binding)

    def _run(self, leg: _Leg) -> None:
        started = monotonic()
        failed: StepFailedError | None = None

        def visit(binding: Binding, session: Session) -> None:
            for revision in self._plan(binding, leg):
                session.step(revision.revision, leg.direction)

        try:
            request = Online(quick=True, downgrade=leg.direction is Direction.DOWN)
            self._scratch.desk.sessions_of(request, visit)
        except StepFailedError as error:
            failed = error
        for binding in self._scratch.bindings:
            trip = self._told(binding, leg, failed, monotonic() - started)
            self._found[binding.label].append(trip)

    def _plan(self, binding: Binding, leg: _Leg) -> tuple[Revision, ...]:
        todo = self._grounds[binding.label].todo
        return todo if leg.direction is Direction.UP else todo[::-1]

    def _told(
        self, binding: Binding, leg: _Leg, failed: StepFailedError | None, duration: float
    ) -> RoundTrip:
        differences, trouble = self._trouble(binding, leg, failed)
        return RoundTrip(
            name=leg.name,
            state=State.FAILED if trouble else State.PASSED,
            problem=trouble,
            differences=differences,
            duration=duration,
        )

    def _trouble(
        self, binding: Binding, leg: _Leg, failed: StepFailedError | None
    ) -> tuple[tuple[Difference, ...], Problem | None]:
        context = self._scratch.desk.context
        if failed:
            failed = told_in_one_go(failed, leg.phase, self._grounds[binding.label].proofs)
            told = problem(failed, redact=context.redact, start_directory=context.start_directory)
            return (), told
        if not self._arrived(binding, leg):
            return (), silent_rollback(self._rows(binding))
        found, _ = residue(self._difference(binding, leg), leg.phase)
        differences = tuple(item for item in found if item.object not in self._known)
        if not differences:
            return (), None
        told = verdict_problem(
            f"{leg.name} leads to another schema than the revisions one by one.",
            failure_class="round-trip",
            remedy="Each revision alone is right; look at what they share.",
        )
        return differences, told

    def _arrived(self, binding: Binding, leg: _Leg) -> bool:
        """Tell whether the version table holds what the leg should have led to."""
        history, ground = self._scratch.desk.context.history, self._grounds[binding.label]
        expected = set(ground.base)
        if leg.direction is Direction.UP:
            expected |= {revision.revision for revision in ground.todo}
        return history.closure(self._rows(binding)) == expected

    def _rows(self, binding: Binding) -> tuple[str, ...]:
        desk = self._scratch.desk
        return version_rows(desk.control(binding), desk.readies[binding.label])

    def _schema(self, binding: Binding) -> Snapshot:
        desk = self._scratch.desk
        return whole_snapshot(desk.control(binding), desk.readies[binding.label])

    def _difference(self, binding: Binding, leg: _Leg) -> Delta:
        """Compare with the last time the database should have looked like this.

        Of several version tables that env.py makes, the snapshots leave out one.
        """
        schemas, desk = self._schemas[binding.label], self._scratch.desk
        now = self._schema(binding)
        before = schemas.setdefault(leg.direction, now)
        arrivals = desk.arrivals[binding.label]
        tables = {name for ready in arrivals for name in (ready.place, ready.version_table)}
        return Delta.between(_without(before, tables), _without(now, tables))

    def _skip(self, leg: _Leg, reason: str) -> None:
        for trips in self._found.values():
            trips.append(_skipped(leg.name, reason))
