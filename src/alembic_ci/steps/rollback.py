"""The rollback test: up, down, up of each new revision on a throw-away database."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from alembic_ci.database.scratch import ScratchServer, scratch_server
from alembic_ci.environments import scratch_url
from alembic_ci.errors import ExitCode
from alembic_ci.model import (
    Phase,
    Problem,
    RevisionProof,
    RollbackResult,
    Verdict,
)
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.baseline import lay_baseline
from alembic_ci.steps.change import refuse_unknown
from alembic_ci.steps.context import Context, Outcome, Outcomes
from alembic_ci.steps.desk import Binding, Desk
from alembic_ci.steps.observer import Observer
from alembic_ci.steps.problems import problem
from alembic_ci.steps.prover import IRREVERSIBLE, Assignment, Prover
from alembic_ci.steps.target import upgrade_target

_BAD = {Verdict.FAILED, Verdict.RESIDUE, Verdict.MISSING, Verdict.NOT_RUN}


def rollback_test(desk: Desk) -> Outcomes:
    """Prove each revision in scope; the environment's own databases are only read."""
    readies = desk.standings()
    plans = {}
    for binding in desk.bindings:
        heads = readies[binding.label].heads
        refuse_unknown(desk, binding, heads)
        plans[binding.label] = scope(desk.context, heads)
    with ExitStack() as stack:
        places = {b.label: stack.enter_context(_scratch(desk, b)) for b in desk.bindings}
        return _Test(desk, plans, places).run()


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


class _Scratch:
    """One throw-away database in place of one of the environment's."""

    def __init__(self, binding: Binding, server: ScratchServer) -> None:
        self.server = server
        self.binding = Binding(
            label=binding.label,
            engine=binding.engine,
            url=server.create(),
            variable=binding.variable,
        )


@contextmanager
def _scratch(desk: Desk, binding: Binding) -> Iterator[_Scratch]:
    settings, environment = desk.context.settings, desk.environment
    desk.context.progress.note(f"preparing a scratch database for {desk.title(binding)}")
    with scratch_server(
        binding.url,
        protected=environment.protected,
        scratch_url=scratch_url(desk.context.variables),
        timeout=settings.connect_timeout,
    ) as server:
        yield _Scratch(binding, server)


class _Test:
    """The provers of one desk, run until every revision has its verdict."""

    def __init__(
        self,
        desk: Desk,
        plans: Mapping[str, Assignment],
        places: Mapping[str, _Scratch],
    ) -> None:
        self._desk = desk
        self._plans = plans
        self._places = places
        self._active: Prover | None = None

    def run(self) -> Outcomes:
        """Prove everything, and return an outcome for each of the environment's databases."""
        context = self._desk.context
        bindings = [place.binding for place in self._places.values()]
        with Desk(context, self._desk.environment, bindings, scratch=True) as scratch:
            self._scratch_desk = scratch
            provers = {binding.label: self._prover(binding) for binding in bindings}
            for place in self._places.values():
                lay_baseline(context, place.binding.url)
            while not all(prover.finished for prover in provers.values()):
                self._once(scratch, provers)
        return {label: self._outcome(label, prover) for label, prover in provers.items()}

    def _once(self, scratch: Desk, provers: Mapping[str, Prover]) -> None:
        def visit(binding: Binding, session: Session) -> None:
            self._active = provers[binding.label]
            self._active.visit(session)

        try:
            scratch.sessions_of(Online(scratch=True, inspect=True), visit)
        except StepFailedError as error:
            if self._active is None:
                raise
            self._active.failed(error)
        for label, prover in provers.items():
            if prover.rebuild and not prover.finished:
                self._rebuild(scratch, self._places[label])
                prover.rebuilt()

    def _rebuild(self, scratch: Desk, place: _Scratch) -> None:
        scratch.close_control(place.binding)
        place.server.recreate(place.binding.url)
        lay_baseline(self._desk.context, place.binding.url)

    def _prover(self, binding: Binding) -> Prover:
        context = self._desk.context
        assignment = self._plans[binding.label]
        title = f"rollback test {self._desk.title(binding)}"
        context.progress.begin(title, len(assignment.todo))

        def explain(error: StepFailedError) -> Problem:
            return problem(error, redact=context.redact, start_directory=context.start_directory)

        def done(proof: RevisionProof) -> None:
            context.progress.advance(f"rollback test {proof.revision}: {proof.verdict.value}")

        return Prover(
            context.history,
            assignment,
            observer=Observer(lambda: self._scratch_desk.control(binding), binding.url.dialect),
            explain=explain,
            done=done,
        )

    def _outcome(self, label: str, prover: Prover) -> Outcome:
        result = RollbackResult(
            scratch=self._places[label].server.description,
            scope=self._desk.context.settings.scope,
            proofs=tuple(prover.proofs),
        )
        return Outcome(result=result, problem=verdict(result, self._desk.context))


def verdict(result: RollbackResult, context: Context) -> Problem | None:
    """Return the problem of a rollback test in which some revision is not proved."""
    bad = [proof for proof in result.proofs if proof.verdict in _BAD]
    if not bad:
        return None
    first = bad[0]
    revision = context.history.revisions[first.revision]
    return Problem(
        failure_class="rollback",
        exit_code=ExitCode.FAILED,
        problem=f"{len(bad)} of {len(result.proofs)} revisions do not roll back: "
        + ", ".join(proof.revision for proof in bad),
        meaning=_first_words(first),
        remedy=f"Correct the downgrade, or declare the revision {IRREVERSIBLE}.",
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
