"""Indexes that the server has made by itself, because a foreign key needs one.

Such an index goes away, without a word, when somebody makes one that serves the key as well. No
catalogue and no SHOW CREATE tells it from one that somebody asked for, but CREATE TABLE ... LIKE
knows. https://mariadb.com/kb/en/foreign-keys/ and
https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
"""

import re
from collections.abc import Mapping, Sequence

from alembic_ci.database.control import Control
from alembic_ci.database.quoting import quote

_INDEX = re.compile(r"  KEY (`(?:[^`]|``)+`) (\(.*\))")
_FOREIGN_KEY = re.compile(r"  CONSTRAINT (`((?:[^`]|``)+)`) FOREIGN KEY (\(.*?\)) (REFERENCES .*)")
_NUMBERED = re.compile(r"_ibfk_(\d+)$")  # named by the server
_LIKE = "`alembic_ci_like`"


def making_statements(control: Control, table: str, sql: str) -> Sequence[str]:
    """Return statements that make again the *table* of which SHOW CREATE says *sql*.

    *table* is quoted, and qualified unless it is in the session's database.

    Raises:
        StatementError: The server does not make a table like it.
    """
    lines = sql.split("\n")
    indexes = {m[2]: m[1] for line in lines if (m := _INDEX.fullmatch(line.rstrip(",")))}
    keys = {
        m[3].replace("`, `", "`,`"): m
        for line in lines
        if (m := _FOREIGN_KEY.fullmatch(line.rstrip(",")))
    }
    likely = {columns: name for columns, name in indexes.items() if columns in keys}
    if not likely:
        return [sql]
    own = _made_by_server(control, table, likely)
    if not own:
        return [sql]
    gone = [f"  KEY {indexes[columns]} {columns}" for columns in own]
    gone += [keys[columns][0] for columns in own]
    head, *body = [line for line in lines if line.rstrip(",") not in gone]
    end = next(place for place, line in enumerate(body) if line.startswith(")"))
    body[end - 1] = body[end - 1].rstrip(",")
    made = sorted(own, key=lambda columns: _place(keys[columns]))
    added = ", ".join(f"ADD {_foreign_key(control, indexes[key], keys[key])}" for key in made)
    name = head.removeprefix("CREATE TABLE ").removesuffix(" (")
    return ["\n".join([head, *body]), f"ALTER TABLE {name} {added}"]


def _made_by_server(control: Control, table: str, likely: Mapping[str, str]) -> list[str]:
    """Return of the *likely* ones, names by columns, those that give way to an index like them."""
    control.execute(f"CREATE TEMPORARY TABLE {_LIKE} LIKE {table}")
    try:
        added = ", ".join(
            f"ADD INDEX {quote(control.dialect, f'alembic_ci_{place}')} {columns}"
            for place, columns in enumerate(likely)
        )
        control.execute(f"ALTER TABLE {_LIKE} {added}")
        left = str(control.query(f"SHOW CREATE TABLE {_LIKE}")[0][1])
    finally:
        control.execute(f"DROP TEMPORARY TABLE {_LIKE}")
    return [columns for columns, name in likely.items() if f"  KEY {name} {columns}" not in left]


def _foreign_key(control: Control, index: str, key: re.Match[str]) -> str:
    """Return what makes the key, and with it an index of this name.

    MariaDB takes the name of the index from where that of the constraint stands, and the reverse;
    MySQL knows one name for both, and of its own two.
    """
    name, plain, columns, rest = key.groups()
    if index != name and control.server.startswith("MariaDB"):
        return f"CONSTRAINT {index} FOREIGN KEY {name} {columns} {rest}"
    if index != name and _NUMBERED.search(plain):
        return f"FOREIGN KEY {columns} {rest}"
    return f"CONSTRAINT {name} FOREIGN KEY {columns} {rest}"


def _place(key: re.Match[str]) -> int:
    """Order those that the server numbers."""
    numbered = _NUMBERED.search(key[2])
    return int(numbered[1]) if numbered else 0
