"""Look at every failure again in a fresh process, before anybody is told of it.

A long walk leaves state in the Python process (module-level tables, memos of drivers) that can
make a later revision fail although it would not by itself.
"""

import dataclasses
from collections.abc import Mapping

from alembic_ci.database.postgresql import LOOKING_FUNCTION
from alembic_ci.history import History
from alembic_ci.model import Difference, RevisionProof, Verdict
from alembic_ci.project.failures import ForeignError
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Silence
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.observer import whole_snapshot
from alembic_ci.steps.prover import Assignment, Proved, Prover
from alembic_ci.steps.scratch import Scratch
from alembic_ci.steps.stairway import Stairway
from alembic_ci.steps.version_table import version_rows
from alembic_ci.steps.worn_out import worn_out


def confirmed(
    scratch: Scratch, assignments: Mapping[str, Assignment], found: Mapping[str, Proved]
) -> dict[str, Proved]:
    """Return what was *found*, but of revisions that failed what a fresh process says of them.

    The databases of several engines are walked together and not separately, so they keep what
    the long walk said.
    """
    if len(scratch.bindings) > 1:
        return dict(found)
    return {
        binding.label: _confirmed(
            scratch, binding, assignments[binding.label], found[binding.label]
        )
        for binding in scratch.bindings
    }


def _confirmed(scratch: Scratch, binding: Binding, assignment: Assignment, found: Proved) -> Proved:
    known, changes = list(found.proofs), dict(found.changes)
    if not any(_raised(proof) for proof in known):
        return found
    scratch.desk.fork_workers()
    scratch.reset(binding, assignment.base)
    history = scratch.desk.context.history
    standing = set(assignment.base)
    for index, (proof, revision) in enumerate(zip(known, assignment.todo, strict=True)):
        if _raised(proof) or _spared(proof, standing, history):
            base, reached = frozenset(standing), assignment.reached
            alone = Assignment(base=base, todo=(revision,), elsewhere=reached)
            again = _again(scratch, binding, alone, thorough=_in_our_way(proof))
            known[index] = _weighed(proof, again.proofs[0])
            changes.update(again.changes)
        if known[index].applied:
            standing.add(proof.revision)
    led_here = all(new.applied == old.applied for new, old in zip(known, found.proofs, strict=True))
    schema = found.schema if led_here else None
    return Proved(proofs=tuple(known), changes=changes, schema=schema)


def _raised(proof: RevisionProof) -> bool:
    return proof.problem is not None


def _spared(proof: RevisionProof, standing: set[str], history: History) -> bool:
    """Tell whether a revision that was not run could have been: all below it is applied."""
    if proof.verdict is not Verdict.NOT_RUN:
        return False
    return history.closure([proof.revision]) - {proof.revision} <= standing


def _in_our_way(proof: RevisionProof) -> bool:
    """Tell whether the function that looks at PostgreSQL's catalogue made it fail.

    So it does where its language is dropped, on which it depends.
    """
    return proof.problem is not None and LOOKING_FUNCTION in (proof.problem.database_error or "")


def _again(scratch: Scratch, binding: Binding, alone: Assignment, *, thorough: bool) -> Proved:
    """Prove one revision: bring the database up to it in one process, try it in another."""
    stairway = Stairway(scratch, {binding.label: alone}, progress=Silence(), thorough=thorough)
    try:
        stairway.prepare()
    except ForeignError:  # that process has run much by now
        scratch.desk.close_worker()
        scratch.reset(binding, alone.base)
        stairway.prepare()
    with scratch.desk.fresh_worker():
        stairway.run()
    prover = stairway.provers[binding.label]
    if _spoilt(scratch.desk, binding, prover) and not prover.mend():
        scratch.reset(binding, alone.base)
    return prover.found()


def _spoilt(desk: Desk, binding: Binding, prover: Prover) -> bool:
    """Tell whether a database holds something else than the revisions that could be applied."""
    if prover.rebuild or not prover.doubtful:
        return prover.rebuild
    control, ready = desk.control(binding), desk.readies[binding.label]
    return not prover.expects(version_rows(control, ready), whole_snapshot(control, ready))


def _weighed(first: RevisionProof, second: RevisionProof) -> RevisionProof:
    """Believe the fresh process, and say so where it differs."""
    if second.verdict is first.verdict or first.verdict is Verdict.NOT_RUN:
        return second
    if _in_our_way(first) or worn_out(first.problem):
        return second
    text = (
        f"it was {first.verdict.value} after other revisions had run in the same process, "
        "and is not when run alone: the project keeps state between revisions, or an earlier "
        "downgrade has changed rows that this revision needs"
    )
    notice = Difference(text=text, object=f"revision {first.revision}")
    return dataclasses.replace(second, notices=(*second.notices, notice))
