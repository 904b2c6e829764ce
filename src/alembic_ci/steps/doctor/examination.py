"""Hold the live schemas of a desk against scratch databases."""

from collections.abc import Iterable
from dataclasses import dataclass

from alembic_ci.errors import AlembicCIError
from alembic_ci.model import Direction, Presence, Problem
from alembic_ci.project.session import Ready
from alembic_ci.project.worker import Online
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.doctor.half_words import half_told
from alembic_ci.steps.doctor.halves import Half, half_applied
from alembic_ci.steps.doctor.patient import Patient
from alembic_ci.steps.doctor.schema import Comparison, compared
from alembic_ci.steps.doctor.walk import Walk, live_essence, route
from alembic_ci.steps.doctor.workshop import Workshop
from alembic_ci.steps.observer import Observer
from alembic_ci.steps.scratch import Scratch, scratch_for
from alembic_ci.steps.walkers import walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a schema shows; *compared* says what it was held against, or why it was not."""

    compared: str
    problems: tuple[Problem, ...] = ()
    half: Half | None = None


def seen(desk: Desk, patients: Iterable[Patient]) -> dict[str, Seen]:
    """Return what the schemas show, by label; a missing scratch database is no accident here."""
    present = {item.binding.label: item for item in patients if item.ready}
    if not present:
        return {}
    try:
        with scratch_for(desk) as scratch:
            return _seen(scratch, present)
    except AlembicCIError as error:
        reason = desk.context.redact(f"not compared: {error.problem}")
        return {label: Seen(compared=reason) for label in present}


def _seen(scratch: Scratch, patients: dict[str, Patient]) -> dict[str, Seen]:
    walks = {label: _walk(scratch, patient) for label, patient in patients.items()}
    walkers = {label: item.walk for label, item in walks.items()}
    walk(scratch, walkers, Online(scratch=True, inspect=True))
    return {
        label: _told(scratch, patients[label], comparison) for label, comparison in walks.items()
    }


def _walk(scratch: Scratch, patient: Patient) -> Comparison:
    history = patient.context.history
    order, standing = route(history, patient.current if patient.sound else ())
    live = live_essence(patient.control, _ready(patient), patient.binding.schema)
    binding = next(b for b in scratch.bindings if b.label == patient.binding.label)
    observer = Observer(lambda: scratch.desk.control(binding), binding.url.dialect)
    return Comparison(live=live, walk=Walk(order, standing, live, observer, schema=binding.schema))


def _told(scratch: Scratch, patient: Patient, comparison: Comparison) -> Seen:
    label = patient.binding.label
    half = None
    if _may_be_half(patient, comparison):
        workshop = Workshop(scratch, label, _ready(patient))
        half = half_applied(patient, workshop, comparison)
    if half and _went_all_the_way_down(half, comparison):
        half = None
    problems = (half_told(patient, half),) if half else tuple(compared(patient, comparison))
    return Seen(compared=scratch.description(label), problems=problems, half=half)


def _went_all_the_way_down(half: Half, comparison: Comparison) -> bool:
    """Tell whether what looks like a finished downgrade is the schema of another revision.

    Then the stamp is wrong, whoever made it so.
    """
    gone = all(item.presence is Presence.IN for item in half.value.statements)
    return half.value.direction is Direction.DOWN and gone and not comparison.best.differing


def _may_be_half(patient: Patient, comparison: Comparison) -> bool:
    """Tell whether to look for a part of a revision.

    A database without a revision whose schema is that of one was never stamped.
    """
    if patient.rows is None or not patient.sound or not comparison.live:
        return False
    return bool(patient.current) or bool(comparison.best.differing)


def _ready(patient: Patient) -> Ready:
    if patient.ready is None:
        raise RuntimeError("only what env.py has seen is compared")
    return patient.ready
