"""Work on the desks of an environment: one after the other, or several at once."""

import dataclasses
from collections.abc import Iterator, Sequence
from functools import partial

from alembic_ci.environments import Environment
from alembic_ci.fleet.lanes import Lanes
from alembic_ci.fleet.sharing import Remembered, Sharing
from alembic_ci.fleet.turns import INTERRUPTED, Turns, canaries
from alembic_ci.fleet.visit import Done, Errand, Visit, failed, skipped, unseen
from alembic_ci.model import DatabaseReport, StatusResult
from alembic_ci.project.nursery import Nursery
from alembic_ci.project.worker import Versions
from alembic_ci.steps.bindings import Binding, title
from alembic_ci.steps.context import Context
from alembic_ci.steps.problems import lane_died
from alembic_ci.steps.target import lasting_target

Desks = Sequence[tuple[Binding, ...]]


class Crew:
    """Everybody who works on one environment. *signum* is the signal that ended the work."""

    def __init__(
        self, context: Context, environment: Environment, errand: Errand, *, signum: int = 0
    ) -> None:
        self._context = context
        self._environment = environment
        self._errand = errand
        self.signum = signum
        self.versions: Versions | None = None

    def work(self, desks: Desks) -> tuple[DatabaseReport, ...]:
        """Return one report for each database, in the order of *desks*."""
        names = [title(self._environment, bindings[0]) for bindings in desks]
        settings = self._context.settings
        turns = Turns(
            names,
            excluded=self._done_before(desks),
            canaries=canaries(settings.canary, [bindings[0].label for bindings in desks]),
            max_failures=settings.max_failures,
        )
        if self.signum:
            turns.stop(INTERRUPTED)
        found: dict[int, tuple[DatabaseReport, ...]] = {}
        for number, done in self._visits(desks, names, turns):
            found[number] = done.reports
            self.versions = done.versions or self.versions
            self.signum = self.signum or done.signum
        for number, reason in turns.left_out().items():
            found[number] = tuple(self._left_out(binding, reason) for binding in desks[number])
        return tuple(report for number in sorted(found) for report in found[number])

    def _left_out(self, binding: Binding, reason: str) -> DatabaseReport:
        """Return the report of a database that no step was taken on."""
        steps = [skipped(name, reason) for name in self._errand.steps(self._context)]
        return dataclasses.replace(unseen(binding, steps), status_after=self._stood(binding))

    def _done_before(self, desks: Desks) -> dict[int, str]:
        """Return the desks that an earlier run has done, with the reason to leave them out."""
        earlier = self._errand.earlier
        if earlier is None:
            return {}
        done = (number for number, desk in enumerate(desks) if all(map(self._stood, desk)))
        return dict.fromkeys(done, earlier.reason)

    def _stood(self, binding: Binding) -> StatusResult | None:
        """Return where an earlier run left a database, if it was done with it."""
        earlier, context = self._errand.earlier, self._context
        if earlier is None:
            return None
        key = self._environment.name, binding.label, binding.url.location
        target = lasting_target(context) if self._errand.forward else "heads"
        return earlier.standing(key, heads=context.history.heads, target=target)

    def _visits(
        self, desks: Desks, names: Sequence[str], turns: Turns
    ) -> Iterator[tuple[int, Done]]:
        at_once = self._at_once(len(desks))
        if at_once > 1 and not self.signum:
            lost = partial(self._lost, desks)
            lanes = Lanes(self._context, names, turns, count=at_once, lost=lost)
            yield from lanes.run(
                lambda number, context, sharing: self._visit(desks[number], context, sharing)
            )
            return
        yield from self._one_by_one(desks, turns)

    def _one_by_one(self, desks: Desks, turns: Turns) -> Iterator[tuple[int, Done]]:
        several = len(desks) > 1
        sharing = Remembered() if several else None
        with Nursery() as nursery:
            context = self._context
            if several:
                context = dataclasses.replace(context, ahead=nursery)
            while (number := turns.take()) is not None:
                done = self._visit(desks[number], context, sharing)
                turns.done(number, failed=done.failed)
                if done.signum:
                    turns.stop(INTERRUPTED)
                yield number, done

    def _visit(
        self, bindings: Sequence[Binding], context: Context, sharing: Sharing | None
    ) -> Done:
        return Visit(context, self._environment, bindings, self._errand, sharing).run()

    def _lost(self, desks: Desks, number: int) -> Done:
        """Return the report of databases whose process died."""
        first, *later = self._errand.steps(self._context)
        steps = [failed(first, lane_died()), *(skipped(name, f"{first} failed") for name in later)]
        return Done(reports=tuple(unseen(binding, steps) for binding in desks[number]))

    def _at_once(self, desks: int) -> int:
        """Return how many to work on at once; what ``alembic -- ARGS`` prints stays in order."""
        if self._errand.command == "alembic":
            return 1
        return min(self._context.processors, desks)
