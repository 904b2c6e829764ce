"""A course of statements: what the earlier ones made, the later ones cannot harm."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from alembic_ci.statements.action import Action

_MAKES = frozenset(["create table", "create temporary table", "create materialized view"])
_UNSAID = ("public.", "main.")


class Course:
    """The tables and columns that the statements seen so far have made.

    Names are compared without case, and without a schema that goes without saying.
    """

    def __init__(self) -> None:
        self._tables: set[str] = set()
        self._columns: set[tuple[str, str]] = set()
        self._dropped: set[str] = set()

    def made(self, table: str) -> bool:
        """Tell whether *table* was not there before."""
        return plain(table) in self._tables

    def added(self, table: str, column: str) -> bool:
        """Tell whether a column of an old table was not there before."""
        return (plain(table), column.casefold()) in self._columns

    def follow(self, statements: Iterable[Sequence[Action]]) -> Iterator[tuple[Action, ...]]:
        """Yield the actions of each statement of a revision, without losses of what was made.

        Nor is a table lost that is copied into another, which then takes its name: that is how
        SQLite's batch mode alters a table, and it is told as ``copy table``.
        """
        whole = [tuple(actions) for actions in statements]
        taken = {
            plain(name)
            for actions in whole
            for action in actions
            if action.kind == "rename table"
            for name in action.others
        }
        for actions in whole:
            yield tuple(self._settled(action, taken) for action in actions)
            for action in actions:
                self._note(action)

    def _settled(self, action: Action, taken: set[str]) -> Action:
        source = next(iter(action.others), "")
        if action.kind == "insert" and plain(source) in taken and self.made(action.object):
            return Action(kind="copy table", object=source)
        if action.kind == "drop table" and plain(action.object) in taken:
            return replace(action, loses="")
        if self.made(action.object) or self._only_new_columns(action):
            return replace(action, loses="")
        return action

    def _only_new_columns(self, action: Action) -> bool:
        return bool(action.parts) and all(self.added(action.object, part) for part in action.parts)

    def _note(self, action: Action) -> None:
        table = plain(action.object)
        if action.kind in _MAKES:
            self._tables.add(table)
        elif action.kind == "add column":
            self._columns |= {(table, part.casefold()) for part in action.parts}
        elif action.kind == "drop table" and table not in self._tables:
            self._dropped.add(table)
        elif action.kind == "rename table" and table in self._tables:
            self._tables |= {plain(name) for name in action.others} - self._dropped


def plain(table: str) -> str:
    """Return a table's name as it is compared."""
    name = table.casefold()
    for schema in _UNSAID:
        name = name.removeprefix(schema)
    return name
