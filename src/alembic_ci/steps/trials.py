"""The trial with rows, by two processes where it takes long.

A long history is tried in two parts, whatever the number of processors, lest what is found depend
on it: the rows of the second are made where it begins. They have not gone through the first.
"""

from collections.abc import Mapping
from functools import partial

from alembic_ci.project.worker import Online
from alembic_ci.steps.apart import apart
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.flights import divided, divisible
from alembic_ci.steps.ground import Ground
from alembic_ci.steps.keeper import RowKeeper
from alembic_ci.steps.own_rows import rows_folder, run_rows
from alembic_ci.steps.problems import problem
from alembic_ci.steps.row_trial import RowTrial, Tried
from alembic_ci.steps.scratch import Scratch
from alembic_ci.steps.walkers import walk
from alembic_ci.steps.watching import Scripts, StatementWatch

Grounds = Mapping[str, Ground]

_PARTS = 2


def tried_with_rows(scratch: Scratch, grounds: Grounds, *, together: bool) -> Mapping[str, Tried]:
    """Try each revision with rows; without rows, the proofs are as they were.

    If *together*, the second part of a long history is tried by another process.
    """
    if not scratch.desk.context.settings.rows:
        return {
            label: Tried(proofs=ground.proofs, scripts=Scripts(dialect=ground.dialect))
            for label, ground in grounds.items()
        }
    first, *further = _parts(scratch, grounds, together=together)
    works = [partial(_tried_apart, scratch, part) for part in further if together]
    with apart(works) as others:
        tried = _tried(scratch, first)
        found = [other.result() for other in others] or [None] * len(further)
    for part, elsewhere in zip(further, found, strict=True):
        above = elsewhere or _tried(scratch, part)
        tried = {label: tried[label].followed_by(above[label]) for label in tried}
    return tried


def _parts(scratch: Scratch, grounds: Grounds, *, together: bool) -> list[Grounds]:
    """Divide a long history, unless rows that users have made would not be in its second part.

    One that processes prove *together* is known to be divisible: its files are not read again.
    """
    if len(grounds) > 1:
        return [grounds]
    ((label, ground),) = grounds.items()
    folder = rows_folder(scratch.desk.context)
    count = _PARTS if together else divisible(ground.todo, _PARTS)
    lower, *upper = divided(ground.todo, len(ground.base), count, ground.dialect)
    if any((folder / f"{revision.revision}.sql").exists() for revision in lower):
        return [grounds]
    return [{label: part} for part in ground.parts([lower, *upper])]


def _tried_apart(scratch: Scratch, grounds: Grounds) -> Mapping[str, Tried]:
    """Try one part; this runs in a process of its own."""
    with scratch.apart() as other:
        return _tried(other, grounds)


def _tried(scratch: Scratch, grounds: Grounds) -> Mapping[str, Tried]:
    context = scratch.desk.context
    trials = {
        binding.label: RowTrial(
            context.history,
            grounds[binding.label],
            keeper=_keeper(scratch, binding),
            watch=_watch(scratch, binding),
            explain=lambda error: problem(
                error, redact=context.redact, start_directory=context.start_directory
            ),
        )
        for binding in scratch.bindings
    }
    for binding in scratch.bindings:
        scratch.reset(binding, grounds[binding.label].base)
    walk(scratch, trials, Online(scratch=True, inspect=True, record=True))
    return {label: trial.tried() for label, trial in trials.items()}


def _keeper(scratch: Scratch, binding: Binding) -> RowKeeper:
    context = scratch.desk.context
    return RowKeeper(
        lambda: scratch.desk.control(binding),
        rows=context.settings.rows,
        folder=rows_folder(context),
        run=lambda file: run_rows(context, file, binding.url),
    )


def _watch(scratch: Scratch, binding: Binding) -> StatementWatch:
    context, dialect = scratch.desk.context, binding.url.dialect
    return StatementWatch(
        dialect,
        lambda: scratch.desk.control(binding),
        stage=lambda: scratch.stage(binding),
        start=context.start_directory,
        redact=lambda sql: context.redact.sql(sql, dialect),
    )
