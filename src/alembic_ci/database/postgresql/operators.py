"""Operators, operator classes and operator families."""

from alembic_ci.database.postgresql.fragments import (
    NOT_SYSTEM,
    comment,
    qualified,
    role,
    words,
)
from alembic_ci.database.postgresql.section import Section, Unit, not_of_extension, select


def _operators(_version: int) -> str:
    """Return one row per operator, named with its operand types.

    https://www.postgresql.org/docs/current/catalog-pg-operator.html
    """
    name = f"""{qualified("n", "o.oprname")} || ' ('
 || coalesce(pg_catalog.format_type(nullif(o.oprleft, 0), null), 'NONE') || ', '
 || coalesce(pg_catalog.format_type(nullif(o.oprright, 0), null), 'NONE') || ')'"""
    attributes = words(
        function="o.oprcode::text",
        commutator="case when o.oprcom <> 0 then o.oprcom::pg_catalog.regoperator::text end",
        negator="case when o.oprnegate <> 0 then o.oprnegate::pg_catalog.regoperator::text end",
        restrict="case when o.oprrest <> 0 then o.oprrest::text end",
        join="case when o.oprjoin <> 0 then o.oprjoin::text end",
        merges="case when o.oprcanmerge then 'MERGES' end",
        hashes="case when o.oprcanhash then 'HASHES' end",
        comment=comment("pg_operator", "o.oid"),
        owner=role("o.oprowner"),
    )
    return f"""{select("0", "'operator'", "''", name, attributes)}
from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
where {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_operator", "o.oid")}"""


def _classes(_version: int) -> str:
    """Return one row per operator class.

    https://www.postgresql.org/docs/current/catalog-pg-opclass.html
    """
    name = f"{qualified('n', 'c.opcname')} || ' USING ' || m.amname"
    attributes = words(
        type="pg_catalog.format_type(c.opcintype, null)",
        default="case when c.opcdefault then 'DEFAULT' end",
        storage="case when c.opckeytype <> 0 then pg_catalog.format_type(c.opckeytype, null) end",
        family="f.opfname",
        comment=comment("pg_opclass", "c.oid"),
        owner=role("c.opcowner"),
    )
    return f"""{select("0", "'operator class'", "''", name, attributes)}
from pg_catalog.pg_opclass c join pg_catalog.pg_namespace n on n.oid = c.opcnamespace
join pg_catalog.pg_am m on m.oid = c.opcmethod
join pg_catalog.pg_opfamily f on f.oid = c.opcfamily
where {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_opclass", "c.oid")}"""


def _families(_version: int) -> str:
    """Return one row per operator family with its operators and support functions.

    https://www.postgresql.org/docs/current/catalog-pg-opfamily.html
    """
    name = f"{qualified('n', 'f.opfname')} || ' USING ' || m.amname"
    attributes = words(
        operators="(select pg_catalog.string_agg(x.entry, ', ' order by x.entry) from ("
        "select a.amopstrategy || ' ' || a.amopopr::pg_catalog.regoperator as entry"
        " from pg_catalog.pg_amop a where a.amopfamily = f.oid) x)",
        functions="(select pg_catalog.string_agg(x.entry, ', ' order by x.entry) from ("
        "select a.amprocnum || ' ' || a.amproc::pg_catalog.regprocedure as entry"
        " from pg_catalog.pg_amproc a where a.amprocfamily = f.oid) x)",
        comment=comment("pg_opfamily", "f.oid"),
        owner=role("f.opfowner"),
    )
    return f"""{select("0", "'operator family'", "''", name, attributes)}
from pg_catalog.pg_opfamily f join pg_catalog.pg_namespace n on n.oid = f.opfnamespace
join pg_catalog.pg_am m on m.oid = f.opfmethod
where {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_opfamily", "f.oid")}"""


SECTIONS = (
    Section(
        name="operators",
        unit=Unit.WHOLE,
        sql=_operators,
        catalogues=("pg_operator",),
        names=(
            "pg_type",
            "pg_proc",
        ),
    ),
    Section(
        name="operator classes",
        unit=Unit.WHOLE,
        sql=_classes,
        catalogues=(
            "pg_opclass",
            "pg_opfamily",
        ),
        names=("pg_type",),
    ),
    Section(
        name="operator families",
        unit=Unit.WHOLE,
        sql=_families,
        catalogues=(
            "pg_opfamily",
            "pg_amop",
            "pg_amproc",
        ),
        names=(
            "pg_operator",
            "pg_type",
            "pg_proc",
        ),
    ),
)
