"""Our own connections to the databases of a desk."""

from contextlib import ExitStack

from alembic_ci.database.control import Control
from alembic_ci.database.schemas import enter_schema
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Context
from alembic_ci.steps.sqlite_urls import anchored

_HURRIED_SECONDS = 1
# On a scratch database only env.py can be in our way, and it waits for us: it left a lock behind.
_PATIENT_SECONDS = 5


class Controls:
    """One connection to each database, opened on first use and closed with *stack*.

    *scratch* means throw-away databases.
    """

    def __init__(self, context: Context, stack: ExitStack, *, scratch: bool) -> None:
        self._context = context
        self._stack = stack
        self._scratch = scratch
        self._hurried = False
        self._known: dict[str, Control] = {}

    def of(self, binding: Binding) -> Control:
        """Return the connection to a database; raises when it cannot be reached."""
        if binding.label not in self._known:
            self._known[binding.label] = self._stack.enter_context(self.opened(binding))
        return self._known[binding.label]

    def known(self, binding: Binding) -> Control | None:
        """Return the connection, if there is one."""
        return self._known.get(binding.label)

    def close(self, binding: Binding) -> None:
        """Close it, so that the database may be dropped."""
        control = self._known.pop(binding.label, None)
        if control is not None:
            control.close()

    def hurry(self) -> None:
        """Wait for hardly anything from now on."""
        self._hurried = True

    def opened(self, binding: Binding, *, patience: float | None = None) -> Control:
        """Open another one, waiting for *patience* seconds at most, else for the time-out."""
        timeout = self._context.settings.connect_timeout if patience is None else patience
        control = Control.open(
            anchored(binding.url, self._context.project.directory),
            timeout=min(timeout, _HURRIED_SECONDS) if self._hurried else timeout,
            surroundings=self._context.surroundings,
        )
        if self._hurried or self._scratch:
            control.give_up_on_locks(_HURRIED_SECONDS if self._hurried else _PATIENT_SECONDS)
        if binding.schema:
            enter_schema(control, binding.schema, binding.url.location)
        return control
