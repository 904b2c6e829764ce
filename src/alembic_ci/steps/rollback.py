"""The rollback test: every new revision proved on a throw-away database."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from alembic_ci.errors import ExitCode, Interrupted
from alembic_ci.model import (
    EVERY_TABLE,
    Difference,
    Phase,
    Problem,
    RevisionProof,
    RollbackResult,
    State,
    Verdict,
)
from alembic_ci.project.failures import WorkerDiedError, WorkerTimeoutError
from alembic_ci.steps.attempt import IRREVERSIBLE
from alembic_ci.steps.confirmation import confirmed
from alembic_ci.steps.context import Context, Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.early_trip import early_trip
from alembic_ci.steps.flights import climb, divisible
from alembic_ci.steps.ground import Ground
from alembic_ci.steps.own_rows import refuse_strangers
from alembic_ci.steps.partial import broken_off, interrupted
from alembic_ci.steps.prover import Assignment, Proved
from alembic_ci.steps.recording import Recording
from alembic_ci.steps.round_trip import round_trips
from alembic_ci.steps.row_errors import RESOLVE_DUPLICATES
from alembic_ci.steps.scratch import Scratch, scratch_for
from alembic_ci.steps.stairway import Stairway
from alembic_ci.steps.target import upgrade_target
from alembic_ci.steps.trials import tried_with_rows
from alembic_ci.steps.version_table import refuse_unusable
from alembic_ci.wording import NAME_THE_LATER, only_rows_left

BAD = frozenset({Verdict.FAILED, Verdict.RESIDUE, Verdict.MISSING, Verdict.NOT_RUN})


def rollback_test(desk: Desk) -> Outcomes:
    """Prove each revision in scope; the environment's own databases are only read."""
    if desk.context.settings.rows:
        refuse_strangers(desk.context)
    readies = desk.standings()
    assignments = {}
    for binding in desk.bindings:
        heads = readies[binding.label].heads
        refuse_unusable(desk, binding, heads)
        assignments[binding.label] = scope(desk.context, heads)
    recordings = {b.label: Recording() for b in desk.bindings} if desk.records else {}
    with scratch_for(desk) as scratch:
        scratch.record(recordings)
        stairway = Stairway(scratch, assignments, progress=desk.context.progress)
        try:
            results = _results(scratch, stairway, assignments)
        except (WorkerDiedError, WorkerTimeoutError) as error:
            return broken_off(scratch, stairway, assignments, error)
        except Interrupted as signal:
            interrupted(scratch, stairway, assignments, signal)
    return {
        label: Outcome(
            result=result,
            problem=verdict(result, desk.context),
            recording=recordings.get(label),
        )
        for label, result in results.items()
    }


def scope(context: Context, current: Sequence[str]) -> Assignment:
    """Return what a scratch database is brought to first, and what is proved on it then.

    *pending* is what lies between *current* and the target, or the newest revision when nothing
    does; *all* is everything up to the target; a number is that many of the newest.
    """
    history, wanted = context.history, context.settings.scope
    pending = history.upgrade_plan(current, upgrade_target(context))
    standing = history.closure(current)
    reached = standing | {revision.revision for revision in pending}
    known = tuple(r for r in history.oldest_first() if r.revision in reached)
    if wanted == "pending" and pending:
        return Assignment(base=standing, todo=pending)
    count = {"pending": 1, "all": len(known)}.get(wanted)
    proved = known[-(int(wanted) if count is None else count) :] if known else ()
    base = reached - {revision.revision for revision in proved}
    return Assignment(base=base, todo=proved)


def _results(
    scratch: Scratch, stairway: Stairway, assignments: dict[str, Assignment]
) -> dict[str, RollbackResult]:
    """Walk the stairs, confirm failures, try it all with rows, and go the whole way at once."""
    grounds = {
        binding.label: Ground(
            dialect=binding.url.dialect,
            base=assignments[binding.label].base,
            todo=assignments[binding.label].todo,
        )
        for binding in scratch.bindings
    }
    longest = max((item.todo for item in assignments.values()), key=len, default=())
    processes = divisible(longest, scratch.desk.context.processors)
    with early_trip(scratch, grounds, together=processes > 1) as early:
        proved = _proved(scratch, stairway, assignments, processes)
        for label, found in proved.items():
            grounds[label] = replace(grounds[label], proofs=found.proofs, changes=found.changes)
        tried = tried_with_rows(scratch, grounds, together=processes > 1)
        schemas = {label: found.schema for label, found in proved.items()}
        trips = early.trips(grounds, schemas)
    trips = trips or round_trips(scratch, grounds, schemas).trips
    return {
        label: RollbackResult(
            scratch=_ground_words(scratch, label),
            scope=scratch.desk.context.settings.scope,
            proofs=found.proofs,
            round_trip=trips[label],
            rows=scratch.desk.context.settings.rows,
            unfilled=_unfilled(found.unfilled),
            statements=found.scripts.statements(),
        )
        for label, found in tried.items()
    }


def _ground_words(scratch: Scratch, label: str) -> str:
    """Say where it was tested, and for which version table where env.py goes through several.

    All in one go is for each of them.
    """
    where = scratch.description(label)
    places = dict.fromkeys(ready.place for ready in scratch.desk.arrivals.get(label, ()))
    if len(places) < 2:  # noqa: PLR2004 - the only one
        return where
    first = next(iter(places))
    return f"{where}, one by one for {first} only, of {len(places)} version tables"


def _proved(
    scratch: Scratch, stairway: Stairway, assignments: Mapping[str, Assignment], processes: int
) -> dict[str, Proved]:
    """Walk the stairs, and confirm failures; all that runs is recorded, if it is wanted."""
    if len(assignments) == 1:
        climb(scratch, stairway, assignments, processes)
    else:
        stairway.run()
    proved = {label: prover.found() for label, prover in stairway.provers.items()}
    proved = confirmed(scratch, assignments, proved)
    for label, recording in scratch.desk.recordings.items():
        recording.changes = proved[label].changes
    scratch.desk.recordings = {}
    return proved


def _unfilled(reasons: Mapping[str, str]) -> tuple[Difference, ...]:
    return tuple(
        Difference(text=f"no table holds rows from there on: {reason}", object=EVERY_TABLE)
        if table == EVERY_TABLE
        else Difference(text=f"table `{table}`: {reason}", object=f"table {table}")
        for table, reason in sorted(reasons.items())
    )


def verdict(result: RollbackResult, context: Context) -> Problem | None:
    """Return the problem of a rollback test in which something is not proved."""
    bad = [proof for proof in result.proofs if proof.verdict in BAD]
    if bad:
        return _not_proved(result, bad, context)
    legs = [leg for leg in result.round_trip if leg.state is State.FAILED]
    if legs:
        return legs[0].problem
    fail_on = context.settings.fail_on
    lossy = [proof for proof in result.proofs if proof.losses]
    if lossy and "data-loss" in fail_on:
        return _losing(lossy)
    strict = [proof for proof in result.proofs if proof.duplicates]
    if strict and "duplicates" in fail_on:
        return _intolerant(strict)
    return None


def _losing(lossy: list[RevisionProof]) -> Problem:
    return Problem(
        failure_class="data-loss",
        exit_code=ExitCode.FINDINGS,
        problem=f"{len(lossy)} revisions lose data: "
        + ", ".join(proof.revision for proof in lossy),
        meaning=lossy[0].losses[0].text,
        remedy="Keep the values in another column or table until nobody needs them, or take "
        "data-loss out of --fail-on.",
        revision=lossy[0].revision,
    )


def _intolerant(strict: list[RevisionProof]) -> Problem:
    return Problem(
        failure_class="duplicates",
        exit_code=ExitCode.FINDINGS,
        problem=f"{len(strict)} revisions fail on duplicate values: "
        + ", ".join(proof.revision for proof in strict),
        meaning=strict[0].duplicates[0].text,
        remedy=f"{RESOLVE_DUPLICATES} Where there are none for certain, take duplicates out of "
        "--fail-on.",
        revision=strict[0].revision,
    )


def _not_proved(result: RollbackResult, bad: list[RevisionProof], context: Context) -> Problem:
    first = bad[0]
    revision = context.history.revisions[first.revision]
    return Problem(
        failure_class="rollback",
        exit_code=ExitCode.FAILED,
        problem=f"{len(bad)} of {len(result.proofs)} revisions do not roll back: "
        + ", ".join(proof.revision for proof in bad),
        meaning=_first_words(first),
        remedy=NAME_THE_LATER
        if only_rows_left(first)
        else f"Correct the downgrade, or declare the revision {IRREVERSIBLE}.",
        revision=first.revision,
        file=os.path.relpath(revision.path, context.start_directory),
        line=revision.downgrade_line or revision.line,
    )


def _first_words(proof: RevisionProof) -> str:
    if proof.differences:
        return f"{proof.revision}: {proof.differences[0].text}"
    if proof.problem and proof.problem.database_error:
        phase = {Phase.UP: "upgrade", Phase.DOWN: "downgrade", Phase.SECOND_UP: "second upgrade"}
        where = phase[proof.phase] if proof.phase else "run"
        return f"{proof.revision}: {where} raised {proof.problem.database_error}"
    return f"{proof.revision}: {proof.reason}"
