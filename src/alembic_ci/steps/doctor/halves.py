"""Find the revision that a database has in part, and the ways out of there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.database.quoting import quote
from alembic_ci.errors import SettingsError
from alembic_ci.model import Direction, HalfApplied, PlacedStatement, Recovery, Way
from alembic_ci.steps.doctor.essence import Essence
from alembic_ci.steps.doctor.patient import Patient
from alembic_ci.steps.doctor.placing import Placing, narrowed, placed
from alembic_ci.steps.doctor.reverse import reversal
from alembic_ci.steps.doctor.schema import Comparison
from alembic_ci.steps.doctor.verbs import changes_rows, cut, filled_table
from alembic_ci.steps.doctor.workshop import Taken, Workshop
from alembic_ci.steps.naming import renamed

_LONGEST_STORY = 5  # revisions that could have been begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One revision in one direction, from *standing* to *arrived*."""

    revision: str
    direction: Direction
    standing: frozenset[str]

    @property
    def arrived(self) -> frozenset[str]:
        """What the database holds when the change is done."""
        return self.standing ^ {self.revision}


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """A half-applied change: the value of the report, and the schemas its ways out lead to."""

    value: HalfApplied
    change: Change
    before: Essence
    after: Essence


def half_applied(patient: Patient, workshop: Workshop, comparison: Comparison) -> Half | None:
    """Return the change that the live schema shows a part of, if there is one."""
    for change in _candidates(patient, comparison):
        half = _Examination(patient, workshop, comparison.live, change).half()
        if half:
            return half
    return None


def _candidates(patient: Patient, comparison: Comparison) -> Iterator[Change]:
    """Yield what may have been begun: what comes next, and the way back from what is there."""
    history, here = patient.context.history, comparison.here
    if here is None or not here.differing:
        return
    there = history.closure(patient.current)
    following = [
        name
        for name in history.revisions
        if name not in there and history.closure([name]) - {name} <= there
    ]
    steps = [(name, Direction.UP) for name in following]
    steps += [(name, Direction.DOWN) for name in history.effective(there)]
    for name, direction in steps[:_LONGEST_STORY]:
        known = comparison.walk.touched.get(name)
        if known is None or known & here.differing:
            yield Change(revision=name, direction=direction, standing=there)


class _Examination:
    """One change, run statement by statement on the scratch database."""

    def __init__(self, patient: Patient, workshop: Workshop, live: Essence, change: Change) -> None:
        self._patient = patient
        self._workshop = workshop
        self._live = live
        self._change = change
        self._dialect = patient.binding.url.dialect
        up, down = workshop.take(change.standing - {change.revision}, change.revision)
        going_up = change.direction is Direction.UP
        self._taken, self._back = (up, down) if going_up else (down, up)
        self._statements = self._cut(self._taken)
        self._states: list[Essence] = []
        self._counts: dict[int, int] = {}
        self._stuck = ""

    def half(self) -> Half | None:
        """Return what is in and what is not, None when the schema does not tell of this change."""
        self._replay()
        hidden = [changes_rows(sql, self._dialect) for sql in self._statements]
        placing = placed(self._states, self._live, hidden)
        if placing is None:
            return None
        placing = self._told(narrowed(placing, self._rows))
        redact = self._patient.context.redact
        shown = [redact.sql(sql, self._dialect) for sql in self._real(self._statements)]
        shown += [redact.sql(sql, self._dialect) for sql in self._next()]
        value = HalfApplied(
            revision=self._change.revision,
            direction=self._change.direction,
            statements=tuple(
                PlacedStatement(sql=sql, presence=placing.presence(number))
                for number, sql in enumerate(shown, 1)
            ),
            recoveries=(self._finish(placing), self._undo(placing)),
        )
        return Half(
            value=value, change=self._change, before=self._states[0], after=self._states[-1]
        )

    def _next(self) -> Iterator[str]:
        """Yield the statement at which the change fails on the scratch database, too."""
        failed = self._taken.failed
        if failed and failed.failure and failed.failure.statement:
            yield failed.failure.statement

    def _real(self, statements: Sequence[str]) -> tuple[str, ...]:
        """Name the real database where a statement names the scratch one."""
        ours, real = self._workshop.binding.url, self._patient.binding.url
        return renamed(statements, ours.database, real.database)

    def _cut(self, taken: Taken) -> list[str]:
        return [sql for text in taken.statements for sql in cut(text, self._dialect)]

    def _replay(self) -> None:
        """Run the statements one by one, and look at the schema after each."""
        self._states = [self._workshop.build(self._change.standing)]
        for index, sql in enumerate(self._statements):
            error = self._workshop.run(sql)
            if error:
                self._stuck = f"statement {index + 1} does not run by itself: {error.problem}"
                return
            self._states.append(self._workshop.state())
            table = filled_table(sql, self._dialect)
            if table:
                self._counts[index] = self._workshop.count(quote(self._dialect, table))

    def _rows(self, index: int) -> tuple[int, int] | None:
        """Count rows in a table that the change has made, which are all its own."""
        table = filled_table(self._statements[index], self._dialect)
        if table is None or not self._made(table) or index not in self._counts:
            return None
        return _count(self._patient.control, quote(self._dialect, table)), self._counts[index]

    def _made(self, table: str) -> bool:
        old = {key.name.casefold() for key in self._states[0] if key.kind == "table"}
        return table.casefold() not in old

    def _told(self, placing: Placing) -> Placing:
        """Believe the user where only they can know."""
        said = self._patient.context.settings.statements_in
        if not said:
            return placing
        if not said.isdecimal() or not placing.least <= int(said) <= placing.most:
            raise SettingsError(
                f"--statements-in={said} does not fit: the schema shows that at least "
                f"{placing.least} and at most {placing.most} statements are in.",
                remedy="Leave it out to see the statements.",
            )
        return Placing(least=int(said), most=int(said))

    def _finish(self, placing: Placing) -> Recovery:
        """Return the way to the end; it needs all statements, and rows that were not read."""
        count = placing.most if placing.count is None else placing.count
        return Recovery(
            way=Way.FINISH,
            statements=self._real(self._statements[count:]),
            after=self._rows_after(self._change.arrived),
            refused=self._undecided(placing) or self._incomplete(),
        )

    def _incomplete(self) -> str:
        if self._stuck:
            return self._stuck
        if self._taken.unseen:
            return self._unseen()
        if self._taken.failed:
            return (
                "the revision fails on the scratch database, too; correct it first, and leave the "
                "statements that are in as they are"
            )
        if self._taken.unwritten:
            return f"a value of one of its statements cannot be written: {self._taken.unwritten}"
        if self._taken.reads:
            return (
                "the revision reads rows, and what it executes may depend on them: "
                f"{' '.join(self._taken.reads.split())}"
            )
        return ""

    def _unseen(self) -> str:
        lines = ", ".join(map(str, self._taken.unseen))
        return f"the revision executes SQL past SQLAlchemy, which nobody sees: line {lines}"

    def _undo(self, placing: Placing) -> Recovery:
        """Return the way back, proved on the scratch database."""
        count = placing.least if placing.count is None else placing.count
        self._rebuild(count)
        found = reversal(self._workshop, self._states[0], ())
        if found.left:
            self._rebuild(count)
            found = reversal(self._workshop, self._states[0], self._cut(self._back))
        left = ", ".join(sorted(map(str, found.left))[:3])
        refused = self._undecided(placing)
        if found.left:
            refused = f"neither its way back nor a DROP takes these back: {left}"
        if self._taken.unseen:
            refused = self._unseen()
        return Recovery(
            way=Way.UNDO,
            statements=self._real(found.statements),
            after=self._rows_after(self._change.standing),
            refused=refused or self._irrecoverable(count, found.statements),
        )

    def _rebuild(self, count: int) -> None:
        """Bring the scratch database to where the real one is."""
        self._workshop.build(self._change.standing)
        for sql in self._statements[:count]:
            self._workshop.run(sql)

    def _undecided(self, placing: Placing) -> str:
        if placing.count is not None:
            return ""
        unclear = self._statements[placing.least : placing.most]
        return (
            "nobody but you can know whether this is in, as it changes no schema: "
            f"{' '.join(unclear[0].split())}; look at the rows, then say how many statements are "
            f"in: --statements-in={placing.least} to {placing.most}"
        )

    def _irrecoverable(self, count: int, statements: Sequence[str]) -> str:
        """Name a change of old rows, which no statement brings back as they were."""
        for sql in (*self._statements[:count], *statements):
            table = filled_table(sql, self._dialect)
            own = table is not None and self._made(table)
            if changes_rows(sql, self._dialect) and not own:
                return (
                    f"rows were changed, and no schema shows how they were: {' '.join(sql.split())}"
                )
        return ""

    def _rows_after(self, closure: frozenset[str]) -> tuple[str, ...]:
        return self._patient.context.history.effective(closure)


def _count(control: Control, table: str) -> int:
    try:
        return int(control.query(f"SELECT COUNT(*) FROM {table}")[0][0] or 0)  # noqa: S608
    except StatementError:
        return 0
