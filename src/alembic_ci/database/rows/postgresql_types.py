"""PostgreSQL's types that people made: enums, domains, composites, ranges and arrays of them.

Source: https://www.postgresql.org/docs/current/catalog-pg-type.html.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from alembic_ci.database.postgresql.fragments import FIRST_USER_OID
from alembic_ci.database.rows.postgresql_builtin import builtin, guess
from alembic_ci.database.rows.tables import Family, Type
from alembic_ci.database.tracking import Query, Value

TYPES = """
select p.oid::bigint, p.typname::text, p.typtype::text, p.typcategory::text, p.typelem::bigint,
 p.typbasetype::bigint, pg_catalog.format_type(p.typbasetype, p.typtypmod), p.typnotnull,
 r.rngsubtype::bigint, pg_catalog.format_type(r.rngsubtype, null),
 (select json_agg(e.enumlabel order by e.enumsortorder)::text
  from pg_catalog.pg_enum e where e.enumtypid = p.oid),
 case when p.typrelid <> 0 then (select json_agg(json_build_array(a.atttypid::bigint,
  pg_catalog.format_type(a.atttypid, a.atttypmod)) order by a.attnum)::text
  from pg_catalog.pg_attribute a
  where a.attrelid = p.typrelid and a.attnum > 0 and not a.attisdropped) end,
 case when p.typtype = 'd' then
  (select json_agg(pg_catalog.pg_get_expr(k.conbin, 0) order by k.conname)::text
   from pg_catalog.pg_constraint k where k.contypid = p.oid and k.contype = 'c') end
from pg_catalog.pg_type p left join pg_catalog.pg_range r on r.rngtypid = p.oid
where p.oid in ({oids})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A type with what its domains add: conditions on VALUE, and whether NULL is forbidden."""

    type: Type
    conditions: tuple[str, ...] = ()
    not_null: bool = False


class _Row(NamedTuple):
    """What the catalogue says of one type."""

    name: str
    kind: str
    category: str
    element: int
    base: int
    base_written: str
    not_null: bool
    subtype: int
    subtype_written: str
    labels: tuple[str, ...]
    fields: tuple[tuple[int, str], ...]
    conditions: tuple[str, ...]

    @property
    def parts(self) -> set[int]:
        """The OIDs of what it is made of."""
        return {self.element, self.base, self.subtype, *(oid for oid, _ in self.fields)}


@dataclass(frozen=True, slots=True)
class Types:
    """The types that are not built in, by OID."""

    rows: Mapping[int, _Row]

    @classmethod
    def read(cls, query: Query, oids: set[int]) -> "Types":
        """Ask for the types with these OIDs, and then for those they are made of."""
        rows: dict[int, _Row] = {}
        wanted = {oid for oid in oids if oid >= FIRST_USER_OID}
        while wanted:
            found = query(TYPES.format(oids=", ".join(map(str, sorted(wanted)))))
            new = {int(str(row[0])): _row(row[1:]) for row in found}
            rows |= new
            parts = {oid for row in new.values() for oid in row.parts}
            wanted = {oid for oid in parts if oid >= FIRST_USER_OID} - rows.keys()
        return cls(rows)

    def known(self, oid: int, written: str) -> Known:
        """Return the type that ``format_type()`` writes as *written*."""
        row = self.rows.get(oid)
        if row is None:
            return Known(type=builtin(written) or guess(written, written))
        if row.kind == "d":
            below = self.known(row.base, row.base_written)
            return replace(
                below,
                conditions=(*below.conditions, *row.conditions),
                not_null=below.not_null or row.not_null,
            )
        return Known(type=self._made(row, written))

    def _made(self, row: _Row, written: str) -> Type:
        if row.category == "A":
            inner = self.known(row.element, written.removesuffix("[]")).type
            return Type(family=Family.ARRAY, sql=written, parts=(inner,))
        if row.kind == "e":
            return Type(family=Family.ENUM, sql=written, labels=row.labels)
        if row.kind == "r":
            inner = self.known(row.subtype, row.subtype_written).type
            return Type(family=Family.RANGE, sql=written, parts=(inner,))
        if row.kind == "c":
            parts = tuple(self.known(oid, text).type for oid, text in row.fields)
            return Type(family=Family.COMPOSITE, sql=written, parts=parts)
        return guess(row.name, written)


def _row(values: Sequence[Value]) -> _Row:
    name, kind, category, element, base, base_written, not_null, *rest = values
    subtype, subtype_written, labels, fields, conditions = rest
    pairs: list[tuple[int, str]] = json.loads(str(fields)) if fields else []
    return _Row(
        name=str(name),
        kind=str(kind),
        category=str(category),
        element=int(str(element)),
        base=int(str(base)),
        base_written=str(base_written),
        not_null=bool(not_null),
        subtype=int(str(subtype or 0)),
        subtype_written=str(subtype_written),
        labels=tuple(_texts(labels)),
        fields=tuple((oid, text) for oid, text in pairs),
        conditions=tuple(_texts(conditions)),
    )


def _texts(value: Value) -> list[str]:
    texts: list[str] = json.loads(str(value)) if value else []
    return texts
