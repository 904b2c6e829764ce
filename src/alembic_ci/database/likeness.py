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
    None where that is not known. *clauses* are ends of ``CREATE DATABASE``, the best first;
    *settings* are statements for a private server.
    """

    server: str = ""
    modes: frozenset[str] | None = None
    clauses: tuple[str, ...]
    settings: tuple[str, ...] = ()


_PLAIN = {
    Dialect.POSTGRESQL: (
        " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
        " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
        " TEMPLATE template0",
    ),
    Dialect.MYSQL: (" CHARACTER SET utf8mb4", ""),
}


def plain(dialect: Dialect) -> Likeness:
    """Return what to do when the real database cannot be asked."""
    return Likeness(clauses=_PLAIN[dialect])


def likeness(control: Control) -> Likeness:
    """Ask a live database for its traits; it is only read."""
    of = _postgresql if control.dialect is Dialect.POSTGRESQL else _mysql
    try:
        clause, settings = of(control)
        modes = sql_modes(control)
    except StatementError:  # a server that only speaks the protocol
        return Likeness(server=control.server, clauses=_PLAIN[control.dialect])
    clauses = (clause, *_PLAIN[control.dialect])
    return Likeness(server=control.server, modes=modes, clauses=clauses, settings=settings)


def sql_modes(control: Control) -> frozenset[str]:
    """Return what new sessions of a server of MariaDB or MySQL have for a sql_mode."""
    if control.dialect is not Dialect.MYSQL:
        return frozenset()
    ((modes,),) = control.query("SELECT @@GLOBAL.sql_mode")
    return frozenset(filter(None, str(modes).split(",")))


def _postgresql(control: Control) -> tuple[str, tuple[str, ...]]:
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
    return clause, ()


def _mysql(control: Control) -> tuple[str, tuple[str, ...]]:
    ((charset, collation, mode),) = control.query(
        "SELECT @@character_set_database, @@collation_database, @@GLOBAL.sql_mode"
    )
    clause = f" CHARACTER SET {charset} COLLATE {collation}"
    return clause, (f"SET GLOBAL sql_mode = {quoted_text(str(mode))}",)
