"""Which objects a statement describes: common table expressions ``rel``, ``typ`` and ``rou``."""

from dataclasses import dataclass

from alembic_ci.database.postgresql.fragments import NOT_SYSTEM, qualified, schema
from alembic_ci.database.postgresql.section import Unit, not_of_extension


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTable:
    """Alembic's own table, which no snapshot shows; without a schema it is left out of all."""

    name: str
    schema: str | None

    def condition(self) -> str:
        """Return the condition that relation *c* in schema *n* is not this table."""
        name = f"c.relname = {literal(self.name)}"
        schema = f" and n.nspname = {literal(self.schema)}" if self.schema else ""
        return f"not ({name}{schema})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is described; each text is a condition on ``c.oid``, ``t.oid`` or ``p.oid``."""

    version_table: VersionTable
    relations: str = "true"
    types: str = "true"
    routines: str = "true"

    def tables(self) -> str:
        """Return the three common table expressions."""
        return f"{self._relations()},\n{self._types()},\n{self._routines()}"

    def table(self, unit: Unit) -> str:
        """Return the one that sections of this unit join."""
        match unit:
            case Unit.TYPE:
                return self._types()
            case Unit.ROUTINE:
                return self._routines()
            case _:
                return self._relations()

    def _relations(self) -> str:
        return f"""rel as materialized (
select c.*, c.relkind::text as kind, {qualified("n", "c.relname")} as name
from pg_catalog.pg_class c cross join {schema("c.relnamespace")} n
where {self.relations} and c.relkind in ('r', 'p', 'f', 'v', 'm', 'c', 'S')
 and {NOT_SYSTEM.format(n="n")} and {self.version_table.condition()}
 and {not_of_extension("pg_class", "c.oid")})"""

    def _types(self) -> str:
        return f"""typ as materialized (
select t.oid, t.typname::text as typname, {qualified("n", "t.typname")} as name
from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where {self.types} and (t.typtype in ('e', 'd', 'r') or t.typtype = 'b' and t.typarray <> 0)
 and {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_type", "t.oid")})"""

    def _routines(self) -> str:
        name = f"""{qualified("n", "p.proname")}
 || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'"""
        return f"""rou as materialized (
select p.oid, {name} as name
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where {self.routines} and {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_proc", "p.oid")})"""


def literal(text: str) -> str:
    """Return *text* as an SQL literal that means the same whatever the session's settings."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"E'{escaped}'" if "\\" in text else f"'{escaped}'"
