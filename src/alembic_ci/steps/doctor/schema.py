"""Compare the live schema with what the history makes: the right revision, if it is another one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alembic_ci.delta import ObjectKey
from alembic_ci.errors import ExitCode
from alembic_ci.model import Command, Problem
from alembic_ci.project.failures import StepFailedError
from alembic_ci.steps.doctor.essence import Essence
from alembic_ci.steps.doctor.patient import Patient
from alembic_ci.steps.doctor.walk import Point, Walk

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A finished walk beside a live schema."""

    live: Essence
    walk: Walk

    @property
    def here(self) -> Point | None:
        """What was seen where the version table says the database stands."""
        return self.walk.at_standing()

    @property
    def best(self) -> Point:
        """The place whose schema is nearest; of equals the last, as data revisions change none."""
        return min(reversed(self.walk.points), key=lambda point: len(point.differing))


def compared(patient: Patient, comparison: Comparison) -> Iterator[Problem]:
    """Yield what the comparison shows, unless all is as it should be."""
    if not comparison.live:
        yield from _empty(patient)
        return
    here = comparison.here
    if patient.rows and patient.sound and here is None:
        yield _not_comparable(patient, comparison.walk.broken)
    elif not patient.current:
        yield _unstamped(patient, comparison)
    elif not patient.sound:
        yield from _match(patient, comparison)
    elif here is not None and here.differing:
        yield from _astray(patient, comparison, here)


def _empty(patient: Patient) -> Iterator[Problem]:
    if patient.current:
        yield patient.found(
            "stamped-empty",
            f"The version table of {patient.title} says {', '.join(patient.current)}, and there "
            "is no table in it.",
            meaning="It was stamped without an upgrade, or its tables are in another schema.",
            remedy="If it is a new database, take the stamp back and upgrade.",
            commands=[
                patient.recipes.ours("stamp", "--target=base", purpose="Take the stamp back"),
                patient.recipes.ours("upgrade", purpose="Then upgrade"),
            ],
        )


def _not_comparable(patient: Patient, broken: StepFailedError | None) -> Problem:
    reason = f": revision {broken.revision} fails on it" if broken else ""
    return patient.found(
        "not-compared",
        f"The schema of {patient.title} was not compared, because a scratch database cannot be "
        f"brought to where it stands{reason}.",
        remedy="Name what must be there first with --scratch-baseline.",
        exit_code=ExitCode.PASSED,
    )


def _unstamped(patient: Patient, comparison: Comparison) -> Problem:
    point = comparison.best
    if not point.applied:
        return patient.found(
            "foreign-tables",
            f"{patient.title} has tables and no revision, and no revision of this project fits "
            "them.",
            meaning="It is the database of something else, or its tables were made by hand.",
            remedy="Make sure that the URL names the right database before anything is run.",
            evidence=_names(point.differing),
        )
    return patient.found(
        "not-stamped",
        f"{patient.title} has tables and no revision. {_fit(patient, point)}",
        meaning="Its tables were made by create_all(), restored from a dump without the version "
        "table, or made by hand. An upgrade would start from nothing and fail at the first table.",
        remedy="Stamp the revision that the schema matches, then upgrade.",
        evidence=_names(point.differing),
        commands=[_stamp(patient, point)],
    )


def _match(patient: Patient, comparison: Comparison) -> Iterator[Problem]:
    """For rows that nothing can be concluded from, say which revision the schema is."""
    point = comparison.best
    if point.applied:
        yield patient.found(
            "schema-match",
            _fit(patient, point),
            exit_code=ExitCode.PASSED,
            evidence=_names(point.differing),
            commands=[_stamp(patient, point)],
        )


def _astray(patient: Patient, comparison: Comparison, here: Point) -> Iterator[Problem]:
    skipped, best = _skipped(comparison, here), comparison.best
    if best.applied and (not best.differing or (not skipped and _nearer(best, here))):
        yield _stamped_wrongly(patient, here, best)
    elif skipped:
        yield from (_never_ran(patient, name) for name in skipped)
    else:
        yield patient.found(
            "drift",
            f"The schema of {patient.title} is not quite that of {', '.join(patient.current)}: "
            f"{_differing(here)}.",
            meaning="Somebody changed it by hand, or a released revision was edited later.",
            exit_code=ExitCode.PASSED,
            evidence=_names(here.differing),
        )


def _nearer(best: Point, here: Point) -> bool:
    return len(best.differing) < len(here.differing)


def _skipped(comparison: Comparison, here: Point) -> list[str]:
    """Name the revisions that the database is said to have, and of which it has nothing.

    Such a one was put below another that the database already had, so that no upgrade runs it.
    """
    touched, changed_later = comparison.walk.touched, set[ObjectKey]()
    found = []
    for name in reversed(here.applied):
        own = touched.get(name, frozenset()) - changed_later
        if own and own <= here.differing and not own & comparison.live.keys():
            found.append(name)
        changed_later |= touched.get(name, frozenset())
    return found[::-1]


def _never_ran(patient: Patient, name: str) -> Problem:
    revision = patient.context.history.revisions[name]
    return patient.found(
        "skipped-revision",
        f"{patient.title} counts as having revision {name}, and nothing of it is there.",
        meaning="It was put below a revision that this database already had, or the database was "
        "stamped past it. No upgrade will ever run it here.",
        remedy="Give it the newest revision as its down_revision, so that it comes last; or run "
        "its SQL by hand.",
        commands=[
            patient.recipes.alembic(
                "upgrade",
                f"{'+'.join(revision.down_revisions) or 'base'}:{name}",
                "--sql",
                purpose="Print its SQL",
            )
        ],
        revision=revision,
    )


def _stamped_wrongly(patient: Patient, here: Point, best: Point) -> Problem:
    return patient.found(
        "stamped-wrongly",
        f"The version table of {patient.title} says {', '.join(patient.current)}, and "
        f"{_differing(here)} from what that revision makes. "
        f"{_fit(patient, best)}",
        meaning="It was stamped, restored or changed by hand. An upgrade would skip revisions or "
        "run some a second time.",
        remedy="Stamp the revision that the schema matches, then upgrade.",
        evidence=_names(here.differing),
        commands=[_stamp(patient, best)],
    )


def _fit(patient: Patient, point: Point) -> str:
    where = " and ".join(_tips(patient, point))
    if not point.differing:
        return f"Its schema is exactly that of {where}."
    return f"Its schema is nearest to that of {where}: {_differing(point)}."


def _differing(point: Point) -> str:
    number = len(point.differing)
    return "1 object differs" if number == 1 else f"{number} objects differ"


def _stamp(patient: Patient, point: Point) -> Command:
    target = " ".join(_tips(patient, point)) or "base"
    return patient.recipes.ours("stamp", f"--target={target}", purpose="Stamp that revision")


def _tips(patient: Patient, point: Point) -> tuple[str, ...]:
    return patient.context.history.effective(point.applied)


def _names(keys: Sequence[ObjectKey] | frozenset[ObjectKey]) -> list[str]:
    named = sorted(str(key) for key in keys)
    rest = len(named) - _SHOWN
    return [*named[:_SHOWN], f"and {rest} more"] if rest > 0 else named
