"""Tell whether a table of MariaDB or MySQL has the same rows as another one, without a copy.

A sum of hashes, and not CHECKSUM TABLE: that adds up CRCs, which two rows that have changed places
in one column leave as they were once in 65536 times. Nor MD5(), which MySQL 9.6 has no longer:
https://dev.mysql.com/doc/relnotes/mysql/9.6/en/
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from alembic_ci.database.control import Control
from alembic_ci.database.quoting import quote, quoted_text

_AT_ONCE = 50  # tables that one query looks into
_COLUMN = re.compile(r"  (`(?:[^`]|``)+`) (\w+)")
# Of these the text is the whole value; of a FLOAT, for one, it is not.
_PLAIN = re.compile(
    "(tiny|small|medium|big)?int|decimal|(var)?(char|binary)|(tiny|medium|long)?(text|blob)"
    "|date|time|datetime|timestamp"
)
_LABELS = {"enum", "set"}  # what is no label of theirs has the text of none, and a number


def filled(
    control: Control, database: str, made: Mapping[str, tuple[str, ...]]
) -> dict[str, str | None]:
    """Return what stands for the rows of each table that has any; None where nothing can.

    *made* is the `essence` of each table. Timestamps count by the session's time zone.
    """
    quoted = quote(control.dialect, database)
    places = {name: f"{quoted}.{quote(control.dialect, name)}" for name in made}
    looks = [
        f"SELECT {quoted_text(name)} AS name, EXISTS (SELECT 1 FROM {place})"
        for name, place in places.items()
    ]
    names = [str(name) for name, there in _answers(control, looks) if there]
    sums = [
        f"SELECT {quoted_text(name)} AS name, COUNT(*), COUNT(h), {_sum('LEFT')}, {_sum('RIGHT')}"
        f" FROM (SELECT {sql} AS h FROM {places[name]}) AS hashes"
        for name in names
        if (sql := _hash(made[name]))
    ]
    found = dict.fromkeys(names)
    for name, rows, hashed, *parts in _answers(control, sums):
        if rows == hashed:  # a text that is too long for the server has none
            found[str(name)] = " ".join(str(part) for part in (rows, *parts))
    return found


def _hash(lines: Sequence[str]) -> str:
    """Return the SQL for the hash of a row; nothing where a column is of a kind we do not know."""
    columns = [_COLUMN.match(line) for line in lines if line.startswith("  `")]
    exact = [_exact(found[1], found[2]) for found in columns if found]
    if not exact or len(exact) < len(columns) or not all(exact):
        return ""
    values = (f"COALESCE(HEX({value}), '-'), ','" for value in exact)
    return f"SHA2(CONCAT({', '.join(values)}), 256)"


def _exact(column: str, kind: str) -> str:
    if kind in _LABELS:
        return f"CAST({column} AS UNSIGNED)"
    return f"CAST({column} AS BINARY)" if _PLAIN.fullmatch(kind) else ""


def _sum(side: str) -> str:
    return f"SUM(CAST(CONV({side}(h, 15), 16, 10) AS UNSIGNED))"


def _answers(control: Control, selects: Sequence[str]) -> Iterator[Sequence[object]]:
    for start in range(0, len(selects), _AT_ONCE):
        yield from control.query(" UNION ALL ".join(selects[start : start + _AT_ONCE]))
