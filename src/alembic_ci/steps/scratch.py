"""Throw-away databases in place of an environment's own, for one step."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from alembic_ci.database.control import Control
from alembic_ci.database.schemas import make_schema
from alembic_ci.database.scratch import ScratchServer, scratch_server
from alembic_ci.environments import scratch_url
from alembic_ci.steps.baseline import lay_baseline
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Aside
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.recording import Recording

_STEP, _FIRST, _LATEST = "step", "first", "latest"


class Scratch:
    """One scratch database for each database of a desk, and a desk to work on them."""

    def __init__(self, desk: Desk, servers: dict[str, ScratchServer]) -> None:
        self._context = desk.context
        self._servers = servers
        self._stages: dict[str, Binding] = {}
        self._copies: dict[str, dict[str, frozenset[str]]] = {}
        self._uncopied: set[str] = set()
        self.bindings = tuple(_binding(b, servers[b.label]) for b in desk.bindings)
        others = sorted({name for server in servers.values() for name in server.others})
        self.desk = Desk(desk.context, desk.environment, self.bindings, scratch=True, others=others)
        for binding in self.bindings:
            self._furnish(binding)

    @contextmanager
    def apart(self) -> Iterator["Scratch"]:
        """Yield other databases in the same places, with a worker of their own.

        For another process: ours is not touched.
        """
        with ExitStack() as stack:
            servers = {
                label: stack.enter_context(server.apart())
                for label, server in self._servers.items()
            }
            progress = Aside(self._context.progress)
            context = replace(self._context, ahead=self._context.ahead.apart(), progress=progress)
            other = Scratch(Desk(context, self.desk.environment, self.bindings), servers)
            stack.enter_context(other.desk)
            yield other

    def description(self, label: str) -> str:
        """Say in words where a scratch database is."""
        return self._servers[label].description

    def record(self, recordings: Mapping[str, Recording]) -> None:
        """Have everything that runs from now on taken down."""
        self.desk.recordings = dict(recordings)
        for binding in self.bindings:
            if binding.label in recordings:
                recordings[binding.label].database = binding.url.database or ""

    def stage(self, binding: Binding) -> Control:
        """Return a connection to one more database, empty and without the baseline."""
        label = f"{binding.label} (copies)"
        if label not in self._stages:
            url = self._servers[binding.label].create()
            self._stages[label] = replace(binding, label=label, url=url)
        return self.desk.control(self._stages[label])

    def empty(self, bindings: Sequence[Binding]) -> None:
        """Make databases empty again but for the baseline, under the same URLs."""
        for binding in bindings:
            self.desk.close_control(binding)
            self._servers[binding.label].recreate(binding.url)
            self._furnish(binding)

    def _furnish(self, binding: Binding) -> None:
        """Put into an empty database what the first revision expects."""
        if binding.schema:
            timeout = self._context.settings.connect_timeout
            with Control.open(binding.url, timeout=timeout) as control:
                make_schema(control, binding.schema)
        lay_baseline(self._context, binding.url)

    def keep_step(self, binding: Binding) -> bool:
        """Keep what a database holds now, for `restore_step`, where that costs next to nothing."""
        server = self._servers[binding.label]
        return server.keeps_at_once and server.keep(binding.url, _STEP)

    def restore_step(self, binding: Binding) -> None:
        """Let a database hold what `keep_step` kept; env.py must not be running."""
        self.desk.close_control(binding)
        self._servers[binding.label].restore(binding.url, _STEP)

    def may_keep(self, binding: Binding) -> bool:
        """Tell whether `keep` was never refused."""
        return binding.label not in self._uncopied

    def keep(self, binding: Binding, applied: Collection[str]) -> None:
        """Keep a database that holds the revisions in *applied*, and nothing else, for `reset`.

        The first copy stays, each further one takes the place of the one before. env.py must not
        be running.
        """
        self.desk.close_control(binding)
        copies = self._copies.setdefault(binding.label, {})
        name = _LATEST if _FIRST in copies else _FIRST
        copies.pop(name, None)
        if self._servers[binding.label].keep(binding.url, name):
            copies[name] = frozenset(applied)
        else:
            self._uncopied.add(binding.label)

    def reset(self, binding: Binding, wanted: Collection[str]) -> None:
        """Let a database hold as many of the *wanted* revisions as a copy has, and nothing else."""
        copies = self._copies.get(binding.label, {})
        fitting = [name for name, applied in copies.items() if applied <= set(wanted)]
        if fitting:
            best = max(fitting, key=lambda name: len(copies[name]))
            self.desk.close_control(binding)
            if self._servers[binding.label].restore(binding.url, best):
                return
        self.empty([binding])


def _binding(binding: Binding, server: ScratchServer) -> Binding:
    return Binding(
        label=binding.label,
        engine=binding.engine,
        url=server.create(),
        variable=binding.variable,
        schema=binding.schema,
    )


@contextmanager
def scratch_for(desk: Desk) -> Iterator[Scratch]:
    """Make the scratch databases, and remove them and their server in the end."""
    settings = desk.context.settings
    with ExitStack() as stack:
        servers: dict[str, ScratchServer] = {}
        for binding in desk.bindings:
            title = desk.title(binding)
            desk.context.progress.note(f"preparing a scratch database for {title}")
            servers[binding.label] = stack.enter_context(
                scratch_server(
                    binding.url,
                    protected=desk.environment.protected,
                    scratch_url=scratch_url(desk.context.variables),
                    timeout=settings.connect_timeout,
                )
            )
        scratch = Scratch(desk, servers)
        with scratch.desk:
            yield scratch
