"""The parts in which what a step touched is described: statements of `look`."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from alembic_ci.database.postgresql.scope import Scope, VersionTable
from alembic_ci.database.postgresql.section import Section, Unit
from alembic_ci.database.postgresql.statement import SECTIONS, unit_name


def described(version: int, version_table: VersionTable) -> str:
    """Return the statements that describe what is ``touched``, each if there is anything of it."""
    scope = Scope(
        version_table=version_table,
        relations="c.oid = any (touched_relations)",
        types="t.oid = any (touched_types)",
        routines="p.oid = any (touched_routines)",
    )
    plain = (section for section in SECTIONS if section.unit not in {Unit.DEPENDENT, Unit.WHOLE})
    dependent = (section for section in SECTIONS if section.unit is Unit.DEPENDENT)
    return f"""{"".join(_parts(plain, version, scope))}
 if deep then{"".join(_parts(dependent, version, scope))}
 end if;"""


def _parts(sections: Iterable[Section], version: int, scope: Scope) -> Iterator[str]:
    for (unit, found), together in groupby(sections, key=lambda x: (x.unit, x.found)):
        yield f"""
 if {found} then
 rows = nullif(pg_catalog.concat_ws(',', rows, (
 with {scope.table(unit)}
 select {_ROWS} from ({_UNION.join(_branch(section, version) for section in together)}) s)), '');
 end if;"""


_UNION = "\nunion all "
_ROWS = """pg_catalog.string_agg(pg_catalog.json_build_array(
 s.unit, s.oid, s.kind, s.parent, s.name, s.attributes)::text, ',')"""


def _branch(section: Section, version: int) -> str:
    """Return the SELECT of a section, planned by itself, for that takes half as long."""
    return (
        f"select '{unit_name(section)}'::text as unit, s.*"
        f" from ({section.sql(version)} offset 0) s (oid, kind, parent, name, attributes)"
    )
