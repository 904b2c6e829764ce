"""Statements that take back what a change has made, tried out on the scratch database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alembic_ci.database.quoting import quote
from alembic_ci.delta import ObjectKey
from alembic_ci.steps.doctor.essence import Essence, differing
from alembic_ci.steps.doctor.workshop import Workshop
from alembic_ci.urls import Dialect

_WHOLE = {"table": "TABLE", "view": "VIEW", "sequence": "SEQUENCE", "enum type": "TYPE"}
_PROGRAMS = frozenset(["trigger", "event", "procedure", "function"])  # MySQL finds each by its name
_ORDER = ("trigger", "foreign key", "view", "index", "unique constraint", "column", "table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """The statements that worked, and the objects that are still not as they were before."""

    statements: tuple[str, ...]
    left: frozenset[ObjectKey]


def reversal(workshop: Workshop, before: Essence, candidates: Iterable[str]) -> Reversal:
    """Run those of *candidates* that can be run, then drop what is there and was not before.

    The scratch database holds the part of the change that is in; the result is judged by what it
    leads to, whatever the statements say of themselves.
    """
    worked = [sql for sql in candidates if workshop.run(sql) is None]
    now = workshop.state()
    dialect = workshop.binding.url.dialect
    fresh = [key for key in differing(before, now) if key not in before]
    worked += [sql for sql in _drops(fresh, dialect) if workshop.run(sql) is None]
    return Reversal(statements=tuple(worked), left=differing(before, workshop.state()))


def _drops(fresh: Sequence[ObjectKey], dialect: Dialect) -> Iterator[str]:
    """Yield a DROP for each new object that no other one takes along."""
    tables = {key.name for key in fresh if key.kind == "table"}
    for key in sorted(fresh, key=_rank):
        if key.parent in tables:
            continue
        name, parent = (_quoted(part, dialect) for part in (key.name, key.parent))
        if key.kind in _WHOLE:
            yield f"DROP {_WHOLE[key.kind]} {name}"
        elif key.kind in _PROGRAMS and dialect is Dialect.MYSQL:
            yield f"DROP {key.kind.upper()} {name}"
        elif key.kind == "index" and dialect is Dialect.MYSQL:
            yield f"DROP INDEX {name} ON {parent}"
        elif key.kind == "index":
            yield f"DROP INDEX {_beside(key, dialect)}"
        elif key.kind == "column":
            yield f"ALTER TABLE {parent} DROP COLUMN {name}"
        elif key.kind == "foreign key" and dialect is Dialect.MYSQL:
            yield f"ALTER TABLE {parent} DROP FOREIGN KEY {name}"
        elif (
            key.parent
            and dialect is not Dialect.SQLITE
            and key.kind.endswith(("key", "constraint"))
        ):
            yield f"ALTER TABLE {parent} DROP CONSTRAINT {name}"


def _rank(key: ObjectKey) -> tuple[int, ObjectKey]:
    return _ORDER.index(key.kind) if key.kind in _ORDER else len(_ORDER), key


def _quoted(name: str, dialect: Dialect) -> str:
    """Quote a name that carries its schema outside the default one."""
    return ".".join(quote(dialect, part) for part in name.split(".")) if name else ""


def _beside(key: ObjectKey, dialect: Dialect) -> str:
    """Name an index of PostgreSQL, which lives in its table's schema."""
    schema = key.parent.rpartition(".")[0]
    return _quoted(f"{schema}.{key.name}" if schema else key.name, dialect)
