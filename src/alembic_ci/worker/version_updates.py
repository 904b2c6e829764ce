"""Write the updates of the version table, which differ in nothing but two ids, from one compiled.

To build and compile each takes a third of what it takes to render a long history, and a fifth of
what Alembic itself takes to walk through one.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Optional

from sqlalchemy import literal_column
from sqlalchemy.sql.expression import ColumnClause

_PLAIN = re.compile(r"'[A-Za-z0-9_.-]+'")  # no dialect writes such a text in another way
_NEW, _OLD = "'alembic_ci_new_id'", "'alembic_ci_old_id'"


class VersionUpdates:
    """Stands in for ``update()`` of *table*, the version table of a run."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self._real: Callable[[], Any] = table.update
        self._pattern: Optional[str] = None

    def update(self) -> "_Update":
        """Return what Alembic adds the ids to and has compiled or executed."""
        return _Update(self)

    def text(self, new: Any, condition: Any, options: Any) -> Optional[str]:
        """Return the statement where both ids are plain; *options* are those of ``compile()``."""
        new_id, old_id = _plain(new), _plain(getattr(condition, "right", None))
        if not (new_id and old_id):
            return None
        if self._pattern is None:
            other = self._table.c.version_num == literal_column(_OLD)
            self._pattern = str(self.real(literal_column(_NEW), other).compile(**options))
        return self._pattern.replace(_NEW, new_id).replace(_OLD, old_id)

    def real(self, new: Any, condition: Any) -> Any:
        """Return the statement as Alembic would have it."""
        return self._real().values(version_num=new).where(condition)


def _plain(value: Any) -> str:
    """Return the text of a literal that can be put in as it is, else nothing."""
    text = value.name if isinstance(value, ColumnClause) and value.is_literal else ""
    return text if _PLAIN.fullmatch(text) else ""


class _Update:
    """One update, with as much of SQLAlchemy's as Alembic asks for."""

    def __init__(self, updates: VersionUpdates) -> None:
        self._updates = updates
        self._new: Any = None
        self._condition: Any = None

    def values(self, version_num: Any) -> "_Update":
        """Take the id that is to be written."""
        self._new = version_num
        return self

    def where(self, condition: Any) -> "_Update":
        """Take the condition, which has the id that stands there."""
        self._condition = condition
        return self

    def compile(self, **options: Any) -> Any:
        """Return what ``str()`` makes the statement of."""
        return self._updates.text(self._new, self._condition, options) or self._real().compile(
            **options
        )

    def _execute_on_connection(self, connection: Any, *options: Any) -> Any:
        """Execute it as SQLAlchemy has its statements do, from 1.4 to 2.1.

        Who changes statements on their way (to other schemas, for one) gets the real one.
        """
        sql = None
        if not _changing(connection):
            sql = self._updates.text(self._new, self._condition, {"dialect": connection.dialect})
        if sql is None:
            return self._real()._execute_on_connection(connection, *options)  # noqa: SLF001
        return connection.exec_driver_sql(sql)

    def _real(self) -> Any:
        return self._updates.real(self._new, self._condition)


def _changing(connection: Any) -> bool:
    translated = connection.get_execution_options().get("schema_translate_map")
    return bool(translated or connection.dispatch.before_execute)
