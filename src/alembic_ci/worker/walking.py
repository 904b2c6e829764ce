"""What online and offline runs share: running env.py, and making steps of revisions."""

from __future__ import annotations

import functools
from typing import Any, Callable, Optional, Type

from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import RevisionStep
from alembic.script import ScriptDirectory


class QuickStep(RevisionStep):
    """Skip a walk over all ancestors on every downgrade, which makes long walks quadratic.

    With one head and one parent the answer is always no; Alembic finds the same in O(N).
    """

    def should_delete_branch(self, heads: Any) -> bool:
        """Tell whether the row of a branch is to go."""
        parents = self.revision._normalized_down_revisions  # noqa: SLF001
        if self.is_downgrade and len(heads) == 1 and len(parents) == 1:
            return False
        return super().should_delete_branch(heads)


def run_env(script: ScriptDirectory, environment: EnvironmentContext) -> Optional[BaseException]:
    """Run env.py and return what it raised.

    Some libraries' errors are no Exception (asyncio.CancelledError); KeyboardInterrupt is the tool
    that wants us to end.
    """
    try:
        with environment:
            script.run_env()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
        return error
    return None


def step(
    script: ScriptDirectory,
    name: str,
    *,
    up: bool,
    wrap: Callable[[Any], Any],
    kind: Type[RevisionStep] = RevisionStep,
) -> RevisionStep:
    """Return one revision as a step, its function replaced by ``wrap(function)``."""
    revision: Any = script.revision_map.get_revision(name)
    function = "upgrade" if up else "downgrade"
    if not hasattr(revision.module, function):
        setattr(revision.module, function, _missing(name, function))
    made = kind(script.revision_map, revision, up)
    # Alembic's log names the function: "Running upgrade a -> b".
    made.migration_fn = functools.update_wrapper(
        wrap(made.migration_fn), made.migration_fn, assigned=("__name__",), updated=()
    )
    return made


def source_file(script: ScriptDirectory, name: str) -> str:
    """Return the file of a revision as its code objects name it."""
    revision: Any = script.revision_map.get_revision(name)
    return str(revision.module.__file__)


def _missing(name: str, function: str) -> Callable[..., None]:
    """Stand in for a function that a revision file lacks, so that only that step fails."""

    def missing(*_: Any, **__: Any) -> None:
        raise NotImplementedError("revision " + name + " has no " + function + "()")

    missing.__name__ = function
    return missing
