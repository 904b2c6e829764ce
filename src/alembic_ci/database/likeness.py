"""What a scratch database should have in common with the real one: encoding, collation, modes."""

import json
from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.database.quoting import quoted_text
from alembic_ci.urls import Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How to make databases like a certain one.

    *server* is its server's name and version, "" when it was not reached, *modes* are its sql_mode,
    None where that is not known, *variables* what else decides which statements it takes and what
    they make. *clauses* are ends of ``CREATE DATABASE``, the best first; *settings* are statements
    for a private server, *options* what such a one is started with.
    """

    server: str = ""
    modes: frozenset[str] | None = None
    variables: tuple[tuple[str, str], ...] = ()
    clauses: tuple[str, ...]
    settings: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


_PLAIN = {
    Dialect.POSTGRESQL: (
        " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
        " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
        " TEMPLATE template0",
    ),
    Dialect.MYSQL: (" CHARACTER SET utf8mb4", ""),
}
_CASE = "lower_case_table_names"  # of a server that has started, nothing changes it
# https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html and
# https://mariadb.com/kb/en/server-system-variables/
_VARIABLES = f"""
character_set_collations default_collation_for_utf8mb4 default_storage_engine
explicit_defaults_for_timestamp innodb_default_row_format innodb_strict_mode {_CASE}
restrict_fk_on_non_standard_key sql_generate_invisible_primary_key sql_require_primary_key
""".split()


def plain(dialect: Dialect) -> Likeness:
    """Return what to do when the real database cannot be asked."""
    return Likeness(clauses=_PLAIN[dialect])


def likeness(control: Control) -> Likeness:
    """Ask a live database for its traits; it is only read."""
    of = _postgresql if control.dialect is Dialect.POSTGRESQL else _mysql
    try:
        return of(control)
    except StatementError:  # a server that only speaks the protocol
        return Likeness(server=control.server, clauses=_PLAIN[control.dialect])


def sql_modes(control: Control) -> frozenset[str]:
    """Return what new sessions of a server of MariaDB or MySQL have for a sql_mode."""
    if control.dialect is not Dialect.MYSQL:
        return frozenset()
    ((modes,),) = control.query("SELECT @@GLOBAL.sql_mode")
    return frozenset(filter(None, str(modes).split(",")))


def variables(control: Control) -> tuple[tuple[str, str], ...]:
    """Return what new sessions of MariaDB or MySQL have for those of our variables it knows."""
    if control.dialect is not Dialect.MYSQL:
        return ()
    names = ", ".join(quoted_text(name) for name in _VARIABLES)
    rows = control.query(f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({names})")
    return tuple(sorted((str(name), str(value)) for name, value in rows))


def _postgresql(control: Control) -> Likeness:
    """Read pg_database as JSON, since its columns differ between versions 14, 15 and 17."""
    ((encoding, text),) = control.query(
        "SELECT pg_encoding_to_char(d.encoding), CAST(row_to_json(d) AS text)"
        " FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()"
    )
    row = json.loads(str(text))
    locale = row.get("datlocale") or row.get("daticulocale")
    provider = {"i": "icu", "b": "builtin"}.get(row.get("datlocprovider", ""))
    clause = (
        f" TEMPLATE template0 ENCODING {quoted_text(str(encoding))}"
        f" LC_COLLATE {quoted_text(row['datcollate'])} LC_CTYPE {quoted_text(row['datctype'])}"
    )
    if provider and locale:
        clause += f" LOCALE_PROVIDER {provider} {provider.upper()}_LOCALE {quoted_text(locale)}"
    return Likeness(
        server=control.server,
        modes=sql_modes(control),
        clauses=(clause, *_PLAIN[control.dialect]),
    )


def _mysql(control: Control) -> Likeness:
    ((charset, collation),) = control.query("SELECT @@character_set_database, @@collation_database")
    modes, known = sql_modes(control), variables(control)
    values = [("sql_mode", ",".join(sorted(modes))), *(item for item in known if item[0] != _CASE)]
    return Likeness(
        server=control.server,
        modes=modes,
        variables=known,
        clauses=(f" CHARACTER SET {charset} COLLATE {collation}", *_PLAIN[control.dialect]),
        settings=tuple(f"SET GLOBAL {name} = {quoted_text(value)}" for name, value in values),
        options=tuple(f"--{name}={value}" for name, value in known if name == _CASE),
    )
