"""Make a MariaDB or MySQL database a copy of another one again, table by table.

Most tables are as they were, and to look at one takes much less than to make it.
"""

from collections.abc import Iterable, Iterator, Mapping

from alembic_ci.database.control import Control
from alembic_ci.database.mysql.copying import UNCHECKED, Copy
from alembic_ci.database.mysql.table_text import essence
from alembic_ci.database.quoting import quote, quoted_text

_AT_ONCE = 50  # tables that one query looks into


def renewed_database(control: Control, source: str, target: str) -> bool:
    """Give *target* the tables of *source*; tell whether all the rest is the same, too.

    A table stays where it is made with the same words, next number included, and neither has rows.

    Raises:
        StatementError: Something cannot be made again as it is.
    """
    control.execute(UNCHECKED)
    wanted, there = _made(control, source), _made(control, target)
    if wanted is None or there is None:
        return False
    filled = {*_filled(control, source, wanted), *_filled(control, target, there)}
    other = {name for name, sql in there.items() if sql != wanted.get(name)} | filled & there.keys()
    for name in other:
        control.execute(f"DROP TABLE {_place(control, target, name)}")
    both = Copy(control, source, target)
    missing = wanted.keys() - (there.keys() - other)
    if missing:
        both.again(missing)
    return both.same_beside()


def _made(control: Control, database: str) -> Mapping[str, tuple[str, ...]] | None:
    """Return what makes each table; None where something else has rows or a value, too.

    Views have none.
    """
    quoted = quote(control.dialect, database)
    kinds = {
        str(name): str(kind) for name, kind in control.query(f"SHOW FULL TABLES FROM {quoted}")
    }
    if not set(kinds.values()) <= {"BASE TABLE", "VIEW"}:
        return None
    return {
        name: essence(
            str(control.query(f"SHOW CREATE TABLE {_place(control, database, name)}")[0][1])
        )
        for name, kind in kinds.items()
        if kind == "BASE TABLE"
    }


def _filled(control: Control, database: str, tables: Iterable[str]) -> Iterator[str]:
    """Yield the names of tables that have rows."""
    names = list(tables)
    for start in range(0, len(names), _AT_ONCE):
        looks = (
            f"SELECT {quoted_text(name)} AS name,"
            f" EXISTS (SELECT 1 FROM {_place(control, database, name)}) AS filled"
            for name in names[start : start + _AT_ONCE]
        )
        for name, filled in control.query(" UNION ALL ".join(looks)):
            if filled:
                yield str(name)


def _place(control: Control, database: str, table: str) -> str:
    return f"{quote(control.dialect, database)}.{quote(control.dialect, table)}"
