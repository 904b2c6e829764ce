"""The parts in which what a step touched is described, each by a statement that is planned once.

Most of what a statement takes is its start, which grows with all that it might have to do. So there
is one for what nearly all relations have, and further ones for what few have.
"""

from collections.abc import Collection
from dataclasses import dataclass

from alembic_ci.database.postgresql.scope import Scope, VersionTable
from alembic_ci.database.postgresql.section import Section, Unit
from alembic_ci.database.postgresql.statement import SECTIONS, describe
from alembic_ci.database.postgresql.units import UnitKey

PREFIX = "alembic_ci_"
UNITS = (Unit.RELATION, Unit.TYPE, Unit.ROUTINE)
"""What is read again one by one."""

_NAME = f"{PREFIX}part"
_SETTING = "alembic_ci.{}s"
_MOSTLY_TOGETHER = 2  # tables, and the sequences that they own


@dataclass(frozen=True, slots=True)
class _Part:
    unit: Unit
    found: str

    def holds(self, section: Section) -> bool:
        return (section.unit, section.found) == (self.unit, self.found)


_PARTS = tuple(
    dict.fromkeys(
        _Part(section.unit, section.found) for section in SECTIONS if section.unit is not Unit.WHOLE
    )
)


def noted(unit: Unit, oids: str) -> str:
    """Return the expression that keeps OIDs for the parts, until this transaction ends."""
    return f"pg_catalog.set_config('{_SETTING.format(unit)}', {oids}::text, true)"


def noted_sql(touched: Collection[UnitKey]) -> str:
    """Return the query that keeps the OIDs of these units for the parts."""
    oids = {unit: [oid for name, oid in touched if name == unit.value] for unit in UNITS}
    arrays = (noted(unit, f"'{{{','.join(map(str, oids[unit]))}}}'") for unit in UNITS)
    return f"select {', '.join(arrays)}"


def wanted(among: str) -> str:
    """Return an array of the names of the statements that find something.

    *among* is the array of the OIDs of a unit, of which it gets the name.
    """
    numbered = [
        f" case when exists ({part.found.format(among.format(part.unit))}) then '_{number}' end"
        for number, part in enumerate(_PARTS)
    ]
    together, alone = numbered[:_MOSTLY_TOGETHER], numbered[_MOSTLY_TOGETHER:]
    names = (
        f"nullif(pg_catalog.concat('{_NAME}',{found}), '{_NAME}')"
        for found in (",".join(together), *alone)
    )
    return f"pg_catalog.array_remove(array[{', '.join(names)}], null)"


def part_statement(version: int, version_table: VersionTable, name: str) -> str:
    """Return the statement of this name, as `wanted` made it."""
    parts = [_PARTS[int(number)] for number in name.removeprefix(_NAME).split("_")[1:]]
    sections = [section for section in SECTIONS if any(part.holds(section) for part in parts)]
    return describe(version, sections, _scope(version_table))


def _scope(version_table: VersionTable) -> Scope:
    def among(oid: str, unit: Unit) -> str:
        setting = _SETTING.format(unit)
        return f"{oid} = any (pg_catalog.current_setting('{setting}')::pg_catalog.oid[])"

    return Scope(
        version_table=version_table,
        relations=among("c.oid", Unit.RELATION),
        types=among("t.oid", Unit.TYPE),
        routines=among("p.oid", Unit.ROUTINE),
    )
