"""Finish or undo a half-applied revision on the real database, and look whether it worked."""

import dataclasses

from alembic_ci.database.failures import StatementError
from alembic_ci.errors import AlembicCIError, RefusedError
from alembic_ci.model import Recovery, Way
from alembic_ci.project.session import Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.doctor.essence import differing
from alembic_ci.steps.doctor.halves import Half
from alembic_ci.steps.doctor.patient import Patient
from alembic_ci.steps.doctor.walk import live_essence
from alembic_ci.steps.protection import refuse_unless_allowed

_LOCK_SECONDS = 5


class ResumeError(AlembicCIError):
    """A statement of the way out failed, or did not lead where it should."""

    failure_class = "resume"


def resumed(patient: Patient, half: Half, way: Way) -> Recovery:
    """Run the statements of *way*, put the version table right, and verify both.

    Raises:
        RefusedError: The environment is protected, or the way cannot be taken safely.
        ResumeError: A statement failed; those before it are in.
    """
    recovery = next(item for item in half.value.recoveries if item.way is way)
    refuse_unless_allowed(patient.desk.environment, patient.context.variables)
    if recovery.refused:
        raise RefusedError(
            f"{way.value} of revision {half.value.revision} was not run: {recovery.refused}.",
            remedy="Mend it by hand with what `doctor` shows, then `stamp` the revision.",
        )
    with patient.desk.locked():
        _refuse_if_moved(patient)
        _run(patient, half, recovery)
        if set(recovery.after) != set(patient.current):
            _stamp(patient, recovery)
        _verify(patient, half, recovery)
    return dataclasses.replace(recovery, done=True, verified=True)


def _refuse_if_moved(patient: Patient) -> None:
    """Take the migration lock, and look whether another job was at work until now."""
    ready = patient.desk.standings()[patient.binding.label]
    if set(ready.heads) != set(patient.current):
        raise ResumeError(
            f"{patient.title} has moved to {', '.join(ready.heads) or 'base'} meanwhile. Nothing "
            "was run.",
            meaning="Another job migrates it.",
            remedy="Wait for it, then ask `doctor` again.",
        )


def _run(patient: Patient, half: Half, recovery: Recovery) -> None:
    progress = patient.context.progress
    progress.begin(f"{recovery.way} {half.value.revision}", len(recovery.statements))
    with patient.desk.fresh_control(patient.binding) as control:
        control.give_up_on_locks(_LOCK_SECONDS)
        for number, sql in enumerate(recovery.statements, 1):
            try:
                control.execute(sql)
            except StatementError as error:
                raise ResumeError(
                    f"Statement {number} of {len(recovery.statements)} failed, those before it "
                    f"are in: {error.problem}",
                    meaning=" ".join(sql.split()),
                    remedy="Remove the cause and ask `doctor` again: it finds how far it came.",
                ) from error
            progress.advance(f"{recovery.way} {number} of {len(recovery.statements)}")


def _stamp(patient: Patient, recovery: Recovery) -> None:
    def visit(binding: Binding, session: Session) -> None:
        if binding.label == patient.binding.label:
            session.stamp(recovery.after or ("base",))

    target = " ".join(recovery.after) or "base"
    patient.desk.sessions_of(Online(target=target), visit)


def _verify(patient: Patient, half: Half, recovery: Recovery) -> None:
    """Compare schema and version table with what was promised, on a new connection."""
    ready = patient.ready
    if ready is None:
        raise RuntimeError("a change was found without env.py")
    wanted = half.after if recovery.way is Way.FINISH else half.before
    with patient.desk.fresh_control(patient.binding) as control:
        rows = control.version_rows(ready.version_table, ready.schema) or ()
        live = live_essence(control, ready, patient.binding.schema)
    keys = differing(half.before, half.after)
    astray = sorted(str(key) for key in keys if live.get(key) != wanted.get(key))
    if astray or set(rows) != set(recovery.after):
        raise ResumeError(
            f"The statements ran, but the database is at {', '.join(rows) or 'base'} and "
            f"{len(astray)} objects are not as they should be: {', '.join(astray[:5]) or 'none'}.",
            remedy="Ask `doctor` again.",
        )
