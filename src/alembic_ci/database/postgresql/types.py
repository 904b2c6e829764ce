"""Enum types, domains, range types and base types."""

from alembic_ci.database.postgresql.fragments import (
    comment,
    privileges,
    qualified,
    role,
    words,
)
from alembic_ci.database.postgresql.section import V14, Section, Unit, select

_KIND = """case t.typtype when 'e' then 'enum type' when 'd' then 'domain'
 when 'r' then 'range type' else 'base type' end"""

_LABELS = """(select pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', '
 order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid)"""

_COLLATION = f"""(select {qualified("n", "l.collname")} from pg_catalog.pg_collation l
 join pg_catalog.pg_namespace n on n.oid = l.collnamespace where l.oid = {{oid}})"""


def _sql(version: int) -> str:
    """Return one row per type; composite types are relations.

    https://www.postgresql.org/docs/current/catalog-pg-type.html
    https://www.postgresql.org/docs/current/catalog-pg-enum.html
    """
    domain = "case t.typtype when 'd' then {} end"
    base = "case t.typtype when 'b' then {} end"
    attributes = words(
        labels=f"case t.typtype when 'e' then {_LABELS} end",
        type=domain.format("pg_catalog.format_type(t.typbasetype, t.typtypmod)"),
        nullable=domain.format("case when t.typnotnull then 'NOT NULL' else 'NULL' end"),
        default="coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault)",
        collation=domain.format(
            "case when t.typcollation <> (select b.typcollation from pg_catalog.pg_type b"
            f" where b.oid = t.typbasetype) then {_COLLATION.format(oid='t.typcollation')} end"
        ),
        range=f"case t.typtype when 'r' then {_range(version)} end",
        input=base.format("t.typinput::pg_catalog.regprocedure::text"),
        output=base.format("t.typoutput::pg_catalog.regprocedure::text"),
        length=base.format("t.typlen"),
        comment=comment("pg_type", "t.oid"),
        owner=role("t.typowner"),
        privileges=privileges("t.typacl", "T", "t.typowner"),
    )
    return f"""{select("typ.oid", _KIND, "''", "typ.name", attributes)}
from typ join pg_catalog.pg_type t on t.oid = typ.oid"""


def _range(version: int) -> str:
    """Return a range type's parameters.

    https://www.postgresql.org/docs/current/catalog-pg-range.html
    """
    multirange = (
        " || ', multirange_type_name = ' || pg_catalog.format_type(r.rngmultitypid, null)"
        if version >= V14
        else ""
    )
    return f"""(select 'subtype = ' || pg_catalog.format_type(r.rngsubtype, null)
 || ', subtype_opclass = ' || (select oc.opcname from pg_catalog.pg_opclass oc
 where oc.oid = r.rngsubopc) || coalesce(', collation = '
 || {_COLLATION.format(oid="r.rngcollation")}, '')
 || ', canonical = ' || r.rngcanonical || ', subtype_diff = ' || r.rngsubdiff{multirange}
 from pg_catalog.pg_range r where r.rngtypid = t.oid)"""


def _domain_constraints(_version: int) -> str:
    """Return one row per CHECK of a domain; since 18 its NOT NULL is one as well, and left out.

    https://www.postgresql.org/docs/current/catalog-pg-constraint.html
    """
    attributes = words(
        definition="pg_catalog.pg_get_constraintdef(k.oid, true)",
        comment=comment("pg_constraint", "k.oid"),
        _table="typ.typname",
        _label="'check'",
        _addition="''",
    )
    return f"""{select("typ.oid", "'check constraint'", "typ.name", "k.conname", attributes)}
from typ join pg_catalog.pg_constraint k on k.contypid = typ.oid where k.contype = 'c'"""


_FOUND = "touched_types <> '{}'"

SECTIONS = (
    Section(name="types", unit=Unit.TYPE, sql=_sql, found=_FOUND),
    Section(name="domain constraints", unit=Unit.TYPE, sql=_domain_constraints, found=_FOUND),
)
