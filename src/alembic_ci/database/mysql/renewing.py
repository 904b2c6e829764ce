"""Make a MariaDB or MySQL database a copy of another one again, table by table.

Most tables are as they were, and to look at one takes much less than to make it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.database.mysql.copying import UNCHECKED, Copy
from alembic_ci.database.mysql.fingerprints import filled
from alembic_ci.database.mysql.table_text import essence
from alembic_ci.database.quoting import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The words that make each table of a database, and what stands for its rows, if it has any."""

    made: Mapping[str, tuple[str, ...]]
    filled: Mapping[str, str | None]

    def same(self, name: str, other: "Tables") -> bool:
        """Tell whether *other* certainly has the same table with the same rows."""
        if self.made.get(name) != other.made.get(name):
            return False
        rows = self.filled.get(name, "")
        return rows is not None and rows == other.filled.get(name, "")


def renewed_database(
    control: Control, source: str, target: str, copies: dict[str, Tables | None]
) -> bool:
    """Give *target* the tables of *source*; tell whether all the rest is the same, too.

    A table stays where it is made with the same words, next number included, and has the same rows.
    *copies* are databases that nobody but us changes, with what is known of them.

    Raises:
        StatementError: Something cannot be made again as it is.
    """
    control.execute(UNCHECKED)
    control.execute("SET SESSION time_zone = '+00:00'")  # elsewhere an hour may come twice
    known = {name: copies[name] for name in copies.keys() & {source, target}}
    copies.update(dict.fromkeys(known))
    there = known.get(target) or _tables(control, target)
    wanted = known.get(source) or _tables(control, source)
    if wanted is None or there is None:
        return False
    other = {name for name in there.made if not there.same(name, wanted)}
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
    made = {name: _made(control, database, name) for name in names}
    return Tables(made=made, filled=filled(control, database, made))


def _made(control: Control, database: str, name: str) -> tuple[str, ...]:
    ((_, sql),) = control.query(f"SHOW CREATE TABLE {_place(control, database, name)}")
    return essence(str(sql))


def _place(control: Control, database: str, table: str) -> str:
    return f"{quote(control.dialect, database)}.{quote(control.dialect, table)}"
