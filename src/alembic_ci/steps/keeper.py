"""Rows in the tables of a scratch database, and what becomes of them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.database.rows import (
    Contents,
    Duplicate,
    Loss,
    Reach,
    RowFiller,
    Table,
    TableContents,
    Unfilled,
    losses,
    may_name_anything,
    words,
)
from alembic_ci.model import EVERY_TABLE, Difference
from alembic_ci.project.session import Ready
from alembic_ci.steps.implicit import filled, on_filled, sets
from alembic_ci.steps.new_keys import NewKey
from alembic_ci.steps.required import Required

_HARMLESS = re.compile(r"\s*(?:alter|create|insert|comment)\b", re.IGNORECASE)
"""What takes no row from the tables that refer to those it names, as a foreign key may."""
_NAMES_ONLY = re.compile(r"\s*(?:alter|create|drop|comment|grant|revoke)\b", re.IGNORECASE)
"""What uses nothing that it names: no trigger fires, no routine runs."""
_NEW_NAMES = re.compile(
    r"\b(?:function|procedure|routine|view|rule|trigger|rename)\b", re.IGNORECASE
)


class _Filled(NamedTuple):
    """Tables with rows: how they are made, and what is in them."""

    unfilled: Iterable[Unfilled]
    made: Mapping[str, Table]
    contents: Contents


class RowKeeper:
    """Made rows in every table, read again only where a step may have changed them.

    *folder* holds ``<revision>.sql`` files; *run* executes one. *unfilled* is why tables have no
    rows, by name.
    """

    def __init__(
        self,
        control: Callable[[], Control],
        *,
        rows: int,
        folder: Path,
        run: Callable[[Path], None],
    ) -> None:
        self._control = control
        self._rows = rows
        self._folder = folder
        self._run = run
        self._reach = Reach(control)
        self._filler: RowFiller | None = None
        self._known: dict[str, TableContents] = {}
        self._named: dict[str, set[str]] = {}
        self._children: dict[str, set[str]] = {}
        self._touched: set[str] = set()
        self._made: Mapping[str, Table] = {}
        self._upgraded: Mapping[str, Table] | None = None
        self._by_upgrade: tuple[Loss, ...] = ()
        self._by_both: tuple[Loss, ...] = ()
        self.there = False
        self.unfilled: dict[str, str] = {}

    def fill(self, ready: Ready) -> None:
        """Give rows to every table."""
        self._filler = RowFiller(
            self._control,
            rows=self._rows,
            version_table=ready.version_table,
            version_schema=ready.version_schema,
        )
        self.there = True
        self._touched.clear()
        with self._giving_up():
            found = self._filled(self._filler)
            self._made = found.made
            self._note(found.unfilled)
            self._remember(found.contents)
            self._reach.look()

    def forget(self) -> None:
        """The database is made anew, without rows."""
        self.there = False
        self._known.clear()
        self._named.clear()
        self._children.clear()
        self._touched.clear()
        self._made = {}
        self._upgraded = None

    def own(self, revision: str) -> None:
        """Run the user's own rows for a revision; raises what *run* raises."""
        file = self._folder / f"{revision}.sql"
        if not self.there or self._filler is None or file.parent != self._folder:
            return
        if file.is_file():
            self._run(file)
            with self._giving_up():
                self._remember(self._filler.contents())

    def duplicate(self, key: NewKey) -> Duplicate:
        """Let two rows have the same values in the columns of a key that is not there yet."""
        found = Duplicate()
        if self.there and self._filler is not None:
            self._touched.add(key.table)
            with self._giving_up():
                found = self._filler.duplicate(key.table, key.words, key.condition)
        return found

    def touch(
        self, tables: frozenset[str], statements: Sequence[str], *, unseen: bool = False
    ) -> None:
        """Note the tables that a step changes, and those that its statements reach.

        Those that refer to them may lose rows with them, or values. *unseen* tells that the step
        has executed more than these statements.
        """
        self._touched |= tables
        if self.there and (unseen or any(map(_NEW_NAMES.search, statements))):
            with self._giving_up():
                self._reach.look()
        for text in statements:
            self._touched |= self._reached(text)
        if unseen:
            self._touched |= self._known.keys()

    def after_upgrade(self) -> None:
        """Look at what the upgrade has lost."""
        before = self._before()
        if before and self._filler is not None:
            with self._giving_up():
                self._upgraded = self._filler.definitions(self._touched)
                self._by_upgrade = losses(before, self._filler.contents_of(self._upgraded))

    def after_downgrade(self, *, as_before: bool) -> None:
        """Look at what upgrade and downgrade together have lost.

        *as_before* promises that the tables are made as before the upgrade.
        """
        self._by_both = self._lost(as_before=as_before)

    def filled(self, columns: Sequence[Required], texts: Sequence[str]) -> list[Difference]:
        """Say which columns the server has filled by itself, in an upgrade of these statements."""
        if not columns or not self.there or self._filler is None:
            return []
        said = []
        with self._giving_up():
            now = self._filler.contents({column.table for column in columns})
            for column in columns:
                was, there = self._known.get(column.table), now.get(column.table)
                value = filled(column, was, there) if was and there else None
                if value is not None and not sets(column, texts):
                    said.append(on_filled(column, value, self._control().server))
        return said

    def lost_by_upgrade(self) -> list[Difference]:
        """Say what an upgrade without a way back has lost."""
        return [said("upgrade loses {}", loss) for loss in self._lost()]

    def lost_by_both(self) -> list[Difference]:
        """Say what upgrade and downgrade have lost, and whether a second upgrade brings it back."""
        if not self._by_both:
            return []
        still = {_place(loss) for loss in self._lost()}
        by_upgrade = {_place(loss) for loss in self._by_upgrade}
        found = []
        for loss in self._by_both:
            text = "downgrade loses {}"
            if _place(loss) in by_upgrade:
                text = "upgrade loses {}, and downgrade does not bring them back"
            elif _place(loss) in still:
                text = "downgrade loses {}; they cannot be restored by upgrading again"
            found.append(said(text, loss))
        return found

    def settle(self, *, as_upgraded: bool = False) -> None:
        """Give rows to what is new, and remember what is there for the next revision.

        *as_upgraded* promises that the tables are made as after the upgrade.
        """
        self._by_upgrade = self._by_both = ()
        upgraded, self._upgraded = self._upgraded, None
        if not self.there or self._filler is None or not self._touched:
            return
        touched, self._touched = self._touched, set()
        with self._giving_up():
            try:
                found = self._filled(self._filler, touched, upgraded if as_upgraded else None)
            except StatementError:  # the catalogue knows better
                found = self._filled(self._filler, touched)
            self._note(found.unfilled)
            for name in touched:
                self._known.pop(name, None)
            kept = {name: table for name, table in self._made.items() if name not in touched}
            self._made = {**kept, **found.made}
            self._remember(found.contents)

    @staticmethod
    def _filled(
        filler: RowFiller,
        names: set[str] | None = None,
        definitions: Mapping[str, Table] | None = None,
    ) -> "_Filled":
        unfilled, made = filler.filled(names, definitions)
        return _Filled(unfilled, made, filler.contents_of(made))

    def _reached(self, text: str) -> set[str]:
        """Return the tables that a statement may change."""
        named = reached = words(text)
        if not _NAMES_ONLY.match(text):
            reached = self._reach.reached(named)
            if may_name_anything(reached):
                return set(self._known)
        tables = {name for word in reached for name in self._named.get(word, ())}
        harmless = _HARMLESS.match(text) and reached == named
        return tables if harmless else self._with_children(tables)

    def _with_children(self, tables: set[str]) -> set[str]:
        """Add the tables that refer to them, and so on."""
        found, new = set(tables), tables
        while new:
            new = {child for name in new for child in self._children.get(name, ())} - found
            found |= new
        return found

    def _remember(self, contents: Contents) -> None:
        self._known.update(contents)
        for name, table in contents.items():
            self._named.setdefault(name.split(".")[-1].lower(), set()).add(name)
            for parent in table.parents:
                self._children.setdefault(parent, set()).add(name)

    def _lost(self, *, as_before: bool = False) -> tuple[Loss, ...]:
        before = self._before()
        found: tuple[Loss, ...] = ()
        if before and self._filler is not None:
            with self._giving_up():
                found = losses(before, self._contents(self._filler, as_before=as_before))
        return found

    def _before(self) -> Contents:
        """Return what was in the tables that a step may have changed since."""
        if not self.there:
            return {}
        return {name: self._known[name] for name in sorted(self._touched) if name in self._known}

    def _contents(self, filler: RowFiller, *, as_before: bool) -> Contents:
        if as_before:
            made = {name: self._made[name] for name in self._touched if name in self._made}
            with suppress(StatementError):  # else the catalogue knows better
                return filler.contents_of(made)
        return filler.contents(self._touched)

    @contextmanager
    def _giving_up(self) -> Iterator[None]:
        """Go on without rows, and say so, when the database refuses our own statements."""
        try:
            yield
        except StatementError as error:
            self.unfilled[EVERY_TABLE] = error.problem
            self.forget()

    def _note(self, unfilled: Iterable[Unfilled]) -> None:
        for item in unfilled:
            self.unfilled[item.table] = item.reason


def _place(loss: Loss) -> tuple[str, str | None]:
    return loss.table, loss.column


def said(text: str, loss: Loss) -> Difference:
    """Put a loss into the words of *text*, which has a place for it."""
    count = f"({loss.lost} of {loss.of} rows)"
    place = f"{loss.table}.{loss.column}"
    what = f"rows of `{loss.table}`" if loss.column is None else f"the values of `{place}`"
    kept = "rows" if loss.column is None else "rows with their value"
    return Difference(
        text=text.format(f"{what} {count}"),
        object=f"table {loss.table}" if loss.column is None else f"column {place}",
        before=f"{loss.of} rows",
        after=f"{loss.of - loss.lost} {kept}",
    )
