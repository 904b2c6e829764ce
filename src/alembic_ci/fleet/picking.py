"""Which of the databases that were found this run works on: by label, and by shard."""

import dataclasses
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from alembic_ci.environments import Environment
from alembic_ci.errors import SettingsError
from alembic_ci.fleet.shard import Shard


def labelled(environments: Sequence[Environment], wanted: Sequence[str]) -> tuple[Environment, ...]:
    """Keep the databases whose labels are *wanted*; nothing wanted is all of them.

    Raises:
        SettingsError: A label is that of no database.
    """
    if not wanted:
        return tuple(environments)
    troubled = any(environment.trouble for environment in environments)
    for pattern in wanted:
        known = [database.label for one in environments for database in one.databases]
        if not troubled and not any(fnmatchcase(label, pattern) for label in known):
            raise _unknown(pattern, known)
    return tuple(_picked(environments, wanted))


def _picked(environments: Sequence[Environment], wanted: Sequence[str]) -> Iterator[Environment]:
    for environment in environments:
        kept = tuple(
            database
            for database in environment.databases
            if any(fnmatchcase(database.label, pattern) for pattern in wanted)
        )
        nothing = "" if kept else "--databases names none of its databases"
        yield dataclasses.replace(environment, databases=kept, nothing=nothing)


def sharded(
    environments: Sequence[Environment], shard: Shard | None, *, together: bool
) -> tuple[Environment, ...]:
    """Keep the databases of one shard; *together* keeps those of an environment in one."""
    if shard is None:
        return tuple(environments)
    return tuple(_part(environment, shard, together=together) for environment in environments)


def _part(environment: Environment, shard: Shard, *, together: bool) -> Environment:
    if not environment.databases:
        return environment
    kept = tuple(
        database
        for database in environment.databases
        if shard.holds(environment.name if together else f"{environment.name}/{database.label}")
    )
    count = len(environment.databases)
    word = "database" if count == 1 else f"{count} databases"
    nothing = "" if kept else f"shard {shard} holds none of its {word}"
    return dataclasses.replace(environment, databases=kept, nothing=nothing)


def _unknown(pattern: str, known: Sequence[str]) -> SettingsError:
    shown = ", ".join(label or "(no label)" for label in known[:10])
    more = f" and {len(known) - 10} more" if len(known) > len(known[:10]) else ""
    return SettingsError(
        f'--databases names "{pattern}", and no database has that label.',
        meaning=f"The labels are {shown}{more}.",
        remedy="Correct the label; * stands for any text.",
    )
