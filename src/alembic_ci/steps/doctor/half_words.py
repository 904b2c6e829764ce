"""A half-applied change in words, with the commands that lead out of it."""

from collections.abc import Iterator

from alembic_ci.model import Command, Direction, Presence, Problem, Recovery, Way
from alembic_ci.steps.doctor.halves import Half
from alembic_ci.steps.doctor.patient import Patient
from alembic_ci.steps.problems import HALF_APPLIED
from alembic_ci.wording.excerpts import shortened

_SHOWN = 20
_LONGEST = 160
_PURPOSES = {Way.FINISH: "Finish it", Way.UNDO: "Take it back"}
_NOUNS = {Way.FINISH: "finishing", Way.UNDO: "taking it back"}


def half_told(patient: Patient, half: Half) -> Problem:
    """Return the problem of a half-applied change."""
    value = half.value
    total = len(value.statements)
    inside = sum(item.presence is Presence.IN for item in value.statements)
    unclear = sum(item.presence is Presence.UNDECIDED for item in value.statements)
    name = value.revision
    what = f"The downgrade of revision {name}" if _down(half) else f"Revision {name}"
    asked = f", and of {unclear} more nobody can tell" if unclear else ""
    wanted = patient.context.settings.resume
    ways = [item for item in value.recoveries if wanted in {"", item.way.value}]
    return patient.found(
        HALF_APPLIED,
        f"{what} is half applied to {patient.title}: {inside} of its {total} statements "
        f"{'is' if inside == 1 else 'are'} in{asked}.",
        meaning="It failed or was ended in the middle, and the server had committed those "
        "statements. The version table does not tell. Running the revision again would run them "
        "a second time.",
        remedy=" ".join(_remedy(ways)),
        evidence=list(_listed(half)),
        commands=[command for way in ways for command in _commands(patient, way)],
        revision=patient.context.history.revisions[name],
    )


def _down(half: Half) -> bool:
    return half.value.direction is Direction.DOWN


def _listed(half: Half) -> Iterator[str]:
    statements = half.value.statements
    for number, item in enumerate(statements[:_SHOWN], 1):
        yield f"{item.presence.value}: statement {number}, {shortened(item.sql, _LONGEST)}"
    if len(statements) > _SHOWN:
        yield f"and {len(statements) - _SHOWN} more, all in report.json"


def _remedy(ways: list[Recovery]) -> Iterator[str]:
    open_ways = [item for item in ways if not item.refused]
    if open_ways:
        yield f"{' or '.join(_ACTS[item.way] for item in open_ways)}.".capitalize()
    yield from (
        f"Not offered, {_NOUNS[item.way]}: {item.refused}." for item in ways if item.refused
    )


_ACTS = {
    Way.FINISH: "run the statements that are missing and stamp the revision",
    Way.UNDO: "run those that take it back",
}


def _commands(patient: Patient, way: Recovery) -> Iterator[Command]:
    recipes, said = patient.recipes, patient.context.settings.statements_in
    if way.refused:
        return
    flags = [f"--resume={way.way}", *([f"--statements-in={said}"] if said else [])]
    yield recipes.ours("doctor", *flags, "--apply", purpose=_PURPOSES[way.way])
    if way.statements:
        yield recipes.sql(*way.statements, purpose="which runs")
    stamped = " ".join(way.after) or "base"
    if set(way.after) != set(patient.current):
        yield recipes.ours("stamp", f"--target={stamped}", purpose="and then does what this does")
