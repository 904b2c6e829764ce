"""Text search configurations, dictionaries, parsers and templates."""

from alembic_ci.database.postgresql.fragments import (
    NOT_SYSTEM,
    comment,
    qualified,
    role,
    words,
)
from alembic_ci.database.postgresql.section import Section, Unit, not_of_extension, select


def _configurations(_version: int) -> str:
    """Return one row per configuration with its mapping.

    https://www.postgresql.org/docs/current/catalog-pg-ts-config-map.html
    """
    attributes = words(
        parser="p.prsname",
        mapping="(select pg_catalog.string_agg(m.maptokentype || ' ' "
        "|| m.mapdict::pg_catalog.regdictionary, ', ' order by m.maptokentype, m.mapseqno)"
        " from pg_catalog.pg_ts_config_map m where m.mapcfg = c.oid)",
        comment=comment("pg_ts_config", "c.oid"),
        owner=role("c.cfgowner"),
    )
    name = qualified("n", "c.cfgname")
    return f"""{select("0", "'text search configuration'", "''", name, attributes)}
from pg_catalog.pg_ts_config c join pg_catalog.pg_namespace n on n.oid = c.cfgnamespace
join pg_catalog.pg_ts_parser p on p.oid = c.cfgparser
where {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_ts_config", "c.oid")}"""


def _dictionaries(_version: int) -> str:
    """Return one row per dictionary.

    https://www.postgresql.org/docs/current/catalog-pg-ts-dict.html
    """
    attributes = words(
        template="t.tmplname",
        options="d.dictinitoption",
        comment=comment("pg_ts_dict", "d.oid"),
        owner=role("d.dictowner"),
    )
    name = qualified("n", "d.dictname")
    return f"""{select("0", "'text search dictionary'", "''", name, attributes)}
from pg_catalog.pg_ts_dict d join pg_catalog.pg_namespace n on n.oid = d.dictnamespace
join pg_catalog.pg_ts_template t on t.oid = d.dicttemplate
where {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_ts_dict", "d.oid")}"""


def _templates(_version: int) -> str:
    """Return one row per parser and per template.

    https://www.postgresql.org/docs/current/catalog-pg-ts-template.html
    """
    template = words(
        functions="t.tmplinit || ', ' || t.tmpllexize", comment=comment("pg_ts_template", "t.oid")
    )
    parser = words(
        functions="p.prsstart || ', ' || p.prstoken || ', ' || p.prsend || ', ' || p.prslextype",
        comment=comment("pg_ts_parser", "p.oid"),
    )
    tmpl = select("0", "'text search template'", "''", qualified("n", "t.tmplname"), template)
    prs = select("0", "'text search parser'", "''", qualified("n", "p.prsname"), parser)
    return f"""{tmpl}
from pg_catalog.pg_ts_template t join pg_catalog.pg_namespace n on n.oid = t.tmplnamespace
where {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_ts_template", "t.oid")}
union all {prs}
from pg_catalog.pg_ts_parser p join pg_catalog.pg_namespace n on n.oid = p.prsnamespace
where {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_ts_parser", "p.oid")}"""


SECTIONS = (
    Section(
        name="text search configurations",
        unit=Unit.WHOLE,
        sql=_configurations,
        catalogues=(
            "pg_ts_config",
            "pg_ts_config_map",
        ),
        names=("pg_ts_dict",),
    ),
    Section(
        name="text search dictionaries",
        unit=Unit.WHOLE,
        sql=_dictionaries,
        catalogues=("pg_ts_dict",),
    ),
    Section(
        name="text search templates",
        unit=Unit.WHOLE,
        sql=_templates,
        catalogues=(
            "pg_ts_template",
            "pg_ts_parser",
        ),
        names=("pg_proc",),
    ),
)
