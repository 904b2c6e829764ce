"""PostgreSQL's catalogue, as far as rows depend on it: four queries for any number of tables.

Sources: https://www.postgresql.org/docs/current/catalogs.html (pg_class, pg_attribute,
pg_constraint, pg_index) and, for partitions,
https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-PARTITION.
"""

from collections.abc import Collection, Iterable

from alembic_ci.database.postgresql.fragments import NOT_SYSTEM, qualified
from alembic_ci.database.postgresql.scope import VersionTable, literal
from alembic_ci.database.postgresql.section import not_of_extension

_QUOTED = "pg_catalog.quote_ident({n}.nspname) || '.' || pg_catalog.quote_ident({c}.relname)"
_RELATIONS = """
with recursive rel as (
select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't' and {system} and {version}
 and {extension} and {names}
union
select i.inhrelid from rel join pg_catalog.pg_inherits i on i.inhparent = rel.oid
join pg_catalog.pg_class p on p.oid = i.inhparent and p.relkind = 'p')
"""
TABLES = """
select c.oid::bigint, {name}, {quoted}, c.relkind::text, c.relispartition,
 case when c.relispartition then {root_name} end, case when c.relispartition then {root_quoted} end,
 case when c.relispartition then pg_catalog.pg_get_partition_constraintdef(c.oid) end
from rel join pg_catalog.pg_class c on c.oid = rel.oid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_class rc
 on c.relispartition and rc.oid = pg_catalog.pg_partition_root(c.oid)
left join pg_catalog.pg_namespace rn on rn.oid = rc.relnamespace
order by 2
"""
# Rows go into the root, whose identity columns the server numbers, whatever a partition says.
COLUMNS = """
select a.attrelid::bigint, a.attname::text, a.atttypid::bigint,
 pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
 exists (select from pg_catalog.pg_attribute ra where ra.attname = a.attname
 and ra.attrelid = coalesce(pg_catalog.pg_partition_root(a.attrelid), a.attrelid)
 and ra.attidentity <> ''), a.attgenerated <> '',
 case when a.atthasdef then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end
from pg_catalog.pg_attribute a
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = any ('{{{oids}}}'::oid[])
 and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum
"""
_COLUMN_NAMES = """(select json_agg(a.attname order by u.place)::text
 from unnest({numbers}) with ordinality u(number, place)
 join pg_catalog.pg_attribute a on a.attrelid = {relation} and a.attnum = u.number)"""
CONSTRAINTS = """
select k.conrelid::bigint, k.contype::text, {columns},
 case k.contype when 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid) end,
 {parent}, {parent_quoted}, {targets}
from pg_catalog.pg_constraint k
left join pg_catalog.pg_class fc on fc.oid = k.confrelid
left join pg_catalog.pg_namespace fn on fn.oid = fc.relnamespace
where k.conrelid = any ('{{{oids}}}'::oid[]) and k.contype in ('c', 'f')
 and (k.contype = 'c' or k.conparentid = 0 or not exists (
 select from pg_catalog.pg_constraint o where o.oid = k.conparentid and o.conrelid = k.conrelid))
union all
select i.indrelid::bigint, case when i.indisprimary then 'p' else 'u' end, {index_columns},
 null, null, null, null
from pg_catalog.pg_index i
where i.indrelid = any ('{{{oids}}}'::oid[])
 and i.indisunique and i.indpred is null and i.indexprs is null
order by 1, 2, 3, 4
"""


def tables_statement(names: Collection[str] | None, version_table: VersionTable) -> str:
    """Return the query for tables and their partitions, by name, or for all."""
    relations = _RELATIONS.format(
        system=NOT_SYSTEM.format(n="n"),
        version=version_table.condition(),
        extension=not_of_extension("pg_class", "c.oid"),
        names="true" if names is None else _named(names),
    )
    return relations + TABLES.format(
        name=qualified("n", "c.relname"),
        quoted=_QUOTED.format(n="n", c="c"),
        root_name=qualified("rn", "rc.relname"),
        root_quoted=_QUOTED.format(n="rn", c="rc"),
    )


def columns_statement(oids: Iterable[int]) -> str:
    """Return the query for the columns of tables."""
    return COLUMNS.format(oids=_listed(oids))


def constraints_statement(oids: Iterable[int]) -> str:
    """Return the query for the checks, foreign keys and unique keys of tables."""
    return CONSTRAINTS.format(
        oids=_listed(oids),
        columns=_COLUMN_NAMES.format(numbers="k.conkey", relation="k.conrelid"),
        targets=_COLUMN_NAMES.format(numbers="k.confkey", relation="k.confrelid"),
        parent=f"case when fc.oid is not null then {qualified('fn', 'fc.relname')} end",
        parent_quoted=_QUOTED.format(n="fn", c="fc"),
        index_columns=_COLUMN_NAMES.format(
            numbers="(i.indkey::int2[])[0:i.indnkeyatts - 1]", relation="i.indrelid"
        ),
    )


def _listed(oids: Iterable[int]) -> str:
    return ", ".join(map(str, oids))


def _named(names: Collection[str]) -> str:
    """Return the condition for tables of these names, each of which may hold dots."""
    pairs = [pair for name in sorted(names) for pair in _splits(name)]
    listed = ", ".join(f"({literal(schema)}, {literal(table)})" for schema, table in pairs)
    return f"(n.nspname, c.relname) in ({listed or 'null'})"


def _splits(name: str) -> list[tuple[str, str]]:
    dots = [place for place, sign in enumerate(name) if sign == "."]
    return [("public", name), *((name[:dot], name[dot + 1 :]) for dot in dots)]
