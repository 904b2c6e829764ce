"""What a section of the snapshot is: one SELECT, and what it is read again for."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from alembic_ci.database.postgresql.fragments import catalogue

V13, V14, V15, V16, V17, V18 = (major * 10_000 for major in range(13, 19))
"""``server_version_num`` of the releases in which catalogues changed."""


class Unit(StrEnum):
    """What a section is read again for.

    The tracker reads relations, types and routines again one by one; it knows by OID which were
    touched. What depends on a relation's columns, as indexes do, is a unit of its own, for it is
    left alone where columns were only added. The objects of every other section are few, so such a
    section is read again as a whole.
    """

    RELATION = "relation"
    DEPENDENT = "dependent"
    TYPE = "type"
    ROUTINE = "routine"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One SELECT of the columns kind, parent, name, attributes (JSON), preceded by the unit's OID.

    It joins one of the common table expressions ``rel``, ``typ`` and ``rou`` unless it is read as
    a whole; then *catalogues* are those whose rows it shows, and *names* those whose objects its
    rows name. *sql* takes ``server_version_num``. *found* is the condition, in terms of what
    `written` and `touched` declare, that there may be any of the section among what was touched.
    """

    name: str
    unit: Unit
    sql: Callable[[int], str]
    found: str = ""
    catalogues: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def select(unit: str, kind: str, parent: str, name: str, attributes: str) -> str:
    """Return the select list that every section has."""
    return f"select {unit}::bigint, {kind}::text, ({parent})::text, ({name})::text, {attributes}"


def not_of_extension(on: str, oid: str) -> str:
    """Return the condition that an object is not a member of an extension.

    https://www.postgresql.org/docs/current/catalog-pg-depend.html
    """
    return (
        "not exists (select 1 from pg_catalog.pg_depend ext"
        f" where ext.classid = {catalogue(on)} and ext.objid = {oid} and ext.deptype = 'e')"
    )
