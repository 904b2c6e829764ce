"""The one statement that describes the schema, made of every section's SELECT.

Names and expressions come out the same whatever the session is set to, because the first branch of
the UNION ALL sets what their text depends on, and the last one puts it back: an Append runs its
branches one after the other. The settings are local to the transaction, so that neither a failure
nor a COMMIT can leave them behind, and a SET of the migration itself, which such a setting only
covers, stays in force.
https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET
"""

from collections.abc import Iterable

from alembic_ci.database.postgresql import (
    casts,
    collations,
    columns,
    constraints,
    database,
    default_privileges,
    event_triggers,
    extensions,
    foreign,
    indexes,
    languages,
    operators,
    policies,
    publications,
    relations,
    routines,
    rules,
    schemas,
    sequences,
    statistics,
    text_search,
    triggers,
    types,
)
from alembic_ci.database.postgresql.scope import Scope, literal
from alembic_ci.database.postgresql.section import Section, Unit

SECTIONS: tuple[Section, ...] = (
    *relations.SECTIONS,
    *columns.SECTIONS,
    *constraints.SECTIONS,
    *indexes.SECTIONS,
    *sequences.SECTIONS,
    *triggers.SECTIONS,
    *policies.SECTIONS,
    *rules.SECTIONS,
    *types.SECTIONS,
    *routines.SECTIONS,
    *schemas.SECTIONS,
    *extensions.SECTIONS,
    *statistics.SECTIONS,
    *event_triggers.SECTIONS,
    *default_privileges.SECTIONS,
    *casts.SECTIONS,
    *collations.SECTIONS,
    *operators.SECTIONS,
    *text_search.SECTIONS,
    *foreign.SECTIONS,
    *publications.SECTIONS,
    *languages.SECTIONS,
    *database.SECTIONS,
)

SETTINGS = {
    "role": "none",
    "search_path": "pg_catalog, public, pg_temp",
    "quote_all_identifiers": "off",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
}
"""What the text of names and expressions depends on."""

_NOTHING = "null::text, null::text, null::text"


def describe(version: int, sections: Iterable[Section], scope: Scope) -> str:
    """Return the statement; its rows are unit, OID, kind, parent, name and JSON attributes.

    Rows without a unit, of which the first is one, describe nothing. Each section is planned by
    itself (``offset 0``), which takes half as long as all together.
    """
    branches = [
        f"select null::text, 0::bigint, {_applied()}, {_NOTHING} from saved",
        *(
            f"select '{unit_name(section)}', s.* from ({section.sql(version)} offset 0) s"
            for section in sections
        ),
        f"select null, 0, {_restored()}, {_NOTHING} from saved",
    ]
    return f"with {_saved()},\n{scope.tables()}\n" + "\nunion all\n".join(branches)


def unit_name(section: Section) -> str:
    """Return what rows of a section carry as their unit."""
    return section.name if section.unit is Unit.WHOLE else section.unit.value


def _saved() -> str:
    current = ", ".join(f"pg_catalog.current_setting('{name}') as {name}" for name in SETTINGS)
    return f"saved as materialized (select {current})"


def _applied() -> str:
    return " || ".join(
        f"pg_catalog.set_config('{name}', {literal(value)}, true)"
        for name, value in SETTINGS.items()
    )


def _restored() -> str:
    return " || ".join(
        f"pg_catalog.set_config('{name}', saved.{name}, true)" for name in reversed(SETTINGS)
    )
