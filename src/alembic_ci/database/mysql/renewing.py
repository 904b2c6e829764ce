"""Make a MariaDB or MySQL database a copy of another one again, table by table.

Most tables are as they were, and to look at one takes much less than to make it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.database.mysql.copying import UNCHECKED, Copy
from alembic_ci.database.mysql.table_text import essence
from alembic_ci.database.quoting import quote, quoted_text

_AT_ONCE = 50  # tables that one query looks into


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The words that make each table of a database, and the names of those that have rows."""

    made: Mapping[str, tuple[str, ...]]
    filled: frozenset[str]


def renewed_database(
    control: Control, source: str, target: str, copies: dict[str, Tables | None]
) -> bool:
    """Give *target* the tables of *source*; tell whether all the rest is the same, too.

    A table stays where it is made with the same words, next number included, and neither has rows.
    *copies* are databases that nobody but us changes, with what is known of them.

    Raises:
        StatementError: Something cannot be made again as it is.
    """
    control.execute(UNCHECKED)
    known = {name: copies[name] for name in copies.keys() & {source, target}}
    copies.update(dict.fromkeys(known))
    there = known.get(target) or _tables(control, target)
    wanted = known.get(source) or _tables(control, source)
    if wanted is None or there is None:
        return False
    other = {name for name, sql in there.made.items() if sql != wanted.made.get(name)}
    other |= (wanted.filled | there.filled) & there.made.keys()
    for name in other:
        control.execute(f"DROP TABLE {_place(control, target, name)}")
    both = Copy(control, source, target)
    missing = wanted.made.keys() - (there.made.keys() - other)
    if missing:
        both.again(missing)
    same = both.same_beside()
    if same:
        copies.update(dict.fromkeys(known, wanted))
    return same


def _tables(control: Control, database: str) -> Tables | None:
    """Look at each table; None where something else has rows or a value, too.

    Views have none.
    """
    quoted = quote(control.dialect, database)
    kinds = {
        str(name): str(kind) for name, kind in control.query(f"SHOW FULL TABLES FROM {quoted}")
    }
    if not set(kinds.values()) <= {"BASE TABLE", "VIEW"}:
        return None
    names = [name for name, kind in kinds.items() if kind == "BASE TABLE"]
    return Tables(
        made={name: _made(control, database, name) for name in names},
        filled=frozenset(_filled(control, database, names)),
    )


def _made(control: Control, database: str, name: str) -> tuple[str, ...]:
    ((_, sql),) = control.query(f"SHOW CREATE TABLE {_place(control, database, name)}")
    return essence(str(sql))


def _filled(control: Control, database: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the names of tables that have rows."""
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
