"""Walk the project in the current folder up, down, up by Alembic alone: the floor of a proof.

One run of env.py, every step committed by itself, nothing looked at. It shares no code with the
tool, so that it cannot share a mistake.
"""

import argparse
from collections.abc import Iterator
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import RevisionStep
from alembic.script import ScriptDirectory


class _Step(RevisionStep):
    """Skip a walk over all ancestors on every downgrade, which finds nothing in a line."""

    def should_delete_branch(self, heads: Any) -> bool:
        if self.is_downgrade and len(heads) == 1 and self.revision.down_revision:
            return False
        return super().should_delete_branch(heads)


def main() -> None:
    """Walk it."""
    config = Config("alembic.ini", cmd_opts=argparse.Namespace(x=None))
    script = ScriptDirectory.from_config(config)

    def steps(_heads: object, _context: object) -> Iterator[RevisionStep]:
        for revision in reversed(list(script.walk_revisions())):
            for up in (True, False, True):
                yield _Step(script.revision_map, revision, up)

    environment = EnvironmentContext(config, script, fn=steps, destination_rev="heads")
    configure = environment.configure

    def configured(*arguments: Any, **options: Any) -> None:
        configure(*arguments, **{**options, "transaction_per_migration": True})

    environment.configure = configured  # type: ignore[method-assign]
    with environment:
        script.run_env()


if __name__ == "__main__":
    main()
