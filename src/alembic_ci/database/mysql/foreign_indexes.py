"""Indexes that the server has made by itself, because a foreign key needs one.

Such an index goes away, without a word, when somebody makes one that serves the key as well. No
catalogue and no SHOW CREATE tells it from one that somebody asked for, but CREATE TABLE ... LIKE
knows. https://mariadb.com/kb/en/foreign-keys/ and
https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from alembic_ci.database.control import Control
from alembic_ci.database.quoting import quote

_INDEX = re.compile(r"  KEY (`(?:[^`]|``)+`) (\(.*\))")
_FOREIGN_KEY = re.compile(r"  CONSTRAINT (`((?:[^`]|``)+)`) FOREIGN KEY (\(.*?\)) (REFERENCES .*)")
_NUMBERED = re.compile(r"_ibfk_(\d+)$")  # named by the server
_LIKE = "`alembic_ci_like`"
_GAP = "`alembic_ci_gap`"


def making_statements(control: Control, table: str, sql: str) -> Sequence[str]:
    """Return statements that make again the *table* of which SHOW CREATE says *sql*.

    *table* is quoted, and qualified unless it is in the session's database.

    Raises:
        StatementError: The server does not make a table like it.
    """
    lines = sql.split("\n")
    indexes = {m[2]: m[1] for line in lines if (m := _INDEX.fullmatch(line.rstrip(",")))}
    keys = [m for line in lines if (m := _FOREIGN_KEY.fullmatch(line.rstrip(",")))]
    likely = {_columns(key): indexes[_columns(key)] for key in keys if _columns(key) in indexes}
    own = _made_by_server(control, table, likely) if likely else {}
    if not own:
        return [sql]
    mariadb = control.server.startswith("MariaDB")
    later = [key for key in keys if _columns(key) in own]
    if not mariadb:
        later = _with_higher_numbers(keys, later, own)
    gone = [f"  KEY {index} {columns}" for columns, index in own.items()]
    gone += [key[0] for key in later]
    head, *body = [line for line in lines if line.rstrip(",") not in gone]
    end = next(place for place, line in enumerate(body) if line.startswith(")"))
    body[end - 1] = body[end - 1].rstrip(",")
    alter = f"ALTER {head.removeprefix('CREATE ').removesuffix(' (')}"
    created = "\n".join([head, *body])
    if mariadb:
        added = ", ".join(_mariadb(own[_columns(key)], key) for key in later)
        return [created, f"{alter} {added}"]
    top = max((_number(key) for key in keys if key not in later), default=0)
    return [created, *_numbered(alter, later, own, top)]


def _columns(key: re.Match[str]) -> str:
    return key[3].replace("`, `", "`,`")


def _made_by_server(control: Control, table: str, likely: Mapping[str, str]) -> dict[str, str]:
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
    return {
        columns: name for columns, name in likely.items() if f"  KEY {name} {columns}" not in left
    }


def _mariadb(index: str, key: re.Match[str]) -> str:
    """Return what makes a key, and with it an index of this name.

    MariaDB takes the name of the index from where that of the constraint stands, and the reverse.
    """
    name, _, columns, rest = key.groups()
    if index != name:
        return f"ADD CONSTRAINT {index} FOREIGN KEY {name} {columns} {rest}"
    return f"ADD CONSTRAINT {name} FOREIGN KEY {columns} {rest}"


def _nameless(key: re.Match[str], own: Mapping[str, str]) -> bool:
    """Tell whether MySQL has named key and index: it has one name for both, else two of its own."""
    return own.get(_columns(key), key[1]) != key[1] and bool(_number(key))


def _with_higher_numbers(
    keys: Sequence[re.Match[str]], later: Sequence[re.Match[str]], own: Mapping[str, str]
) -> list[re.Match[str]]:
    """Return the keys that come *later*, and those that must for the sake of their numbers."""
    first = min((_number(key) for key in later if _nameless(key, own)), default=0)
    return [key for key in keys if key in later or 0 < first < _number(key)]


def _numbered(
    alter: str, keys: Sequence[re.Match[str]], own: Mapping[str, str], top: int
) -> Iterator[str]:
    """Yield what makes MySQL add *keys* to a table that has numbers up to *top*.

    It gives the number behind the highest one; where there is a gap, a key of another column has
    the number before, for as long as that takes.
    """
    for key in sorted(keys, key=_number):
        name, plain, columns, rest = key.groups()
        if not _nameless(key, own):
            yield f"{alter} ADD CONSTRAINT {name} FOREIGN KEY {columns} {rest}"
        elif _number(key) == top + 1:
            yield f"{alter} ADD FOREIGN KEY {columns} {rest}"
        else:
            before = f"`{plain.rpartition('_')[0]}_{_number(key) - 1}`"
            yield (
                f"{alter} ADD COLUMN {_GAP} INT,"
                f" ADD CONSTRAINT {before} FOREIGN KEY ({_GAP}) REFERENCES {_GAP} ({_GAP})"
            )
            yield f"{alter} ADD FOREIGN KEY {columns} {rest}"
            yield f"{alter} DROP FOREIGN KEY {before}, DROP COLUMN {_GAP}"
        top = max(top, _number(key))


def _number(key: re.Match[str]) -> int:
    """Return the number that the server has given to a key, 0 for none."""
    numbered = _NUMBERED.search(key[2])
    return int(numbered[1]) if numbered else 0
