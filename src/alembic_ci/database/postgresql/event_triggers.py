"""Event triggers."""

from alembic_ci.database.postgresql.fragments import (
    comment,
    firing,
    options,
    role,
    words,
)
from alembic_ci.database.postgresql.section import Section, Unit, not_of_extension, select


def _sql(_version: int) -> str:
    """Return one row per event trigger.

    https://www.postgresql.org/docs/current/catalog-pg-event-trigger.html
    """
    attributes = words(
        event="e.evtevent",
        function="e.evtfoid::pg_catalog.regprocedure::text",
        enabled=firing("e.evtenabled"),
        tags=options("e.evttags"),
        comment=comment("pg_event_trigger", "e.oid"),
        owner=role("e.evtowner"),
    )
    return f"""{select("0", "'event trigger'", "''", "e.evtname", attributes)}
from pg_catalog.pg_event_trigger e where {not_of_extension("pg_event_trigger", "e.oid")}"""


SECTIONS = (
    Section(
        name="event triggers",
        unit=Unit.WHOLE,
        sql=_sql,
        catalogues=("pg_event_trigger",),
        names=("pg_proc",),
    ),
)
