"""Functions, procedures and aggregates."""

from alembic_ci.database.postgresql.fragments import comment, privileges, role, words
from alembic_ci.database.postgresql.section import Section, Unit, select

_KIND = """case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate'
 else 'function' end"""

_AGGREGATE = """(select 'SFUNC = ' || g.aggtransfn || ', STYPE = '
 || pg_catalog.format_type(g.aggtranstype, null)
 || ', SSPACE = ' || g.aggtransspace || ', FINALFUNC = ' || g.aggfinalfn
 || ', FINALFUNC_EXTRA = ' || g.aggfinalextra || ', FINALFUNC_MODIFY = ' || g.aggfinalmodify::text
 || ', COMBINEFUNC = ' || g.aggcombinefn || ', SERIALFUNC = ' || g.aggserialfn
 || ', DESERIALFUNC = ' || g.aggdeserialfn || coalesce(', INITCOND = '
 || pg_catalog.quote_literal(g.agginitval), '') || ', MSFUNC = ' || g.aggmtransfn
 || ', MINVFUNC = ' || g.aggminvtransfn || ', MFINALFUNC = ' || g.aggmfinalfn
 || ', SORTOP = ' || g.aggsortop::pg_catalog.regoper || ', PARALLEL = ' || p.proparallel::text
 from pg_catalog.pg_aggregate g where g.aggfnoid = p.oid)"""


def _sql(_version: int) -> str:
    """Return one row per routine, named with its argument types.

    https://www.postgresql.org/docs/current/catalog-pg-proc.html
    https://www.postgresql.org/docs/current/catalog-pg-aggregate.html
    """
    attributes = words(
        definition="case when p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) end",
        returns="case when p.prokind <> 'p' then pg_catalog.pg_get_function_result(p.oid) end",
        aggregate=f"case p.prokind when 'a' then {_AGGREGATE} end",
        comment=comment("pg_proc", "p.oid"),
        owner=role("p.proowner"),
        privileges=privileges("p.proacl", "f", "p.proowner"),
    )
    return f"""{select("rou.oid", _KIND, "''", "rou.name", attributes)}
from rou join pg_catalog.pg_proc p on p.oid = rou.oid"""


SECTIONS = (
    Section(name="routines", unit=Unit.ROUTINE, sql=_sql, found="touched_routines <> '{}'"),
)
