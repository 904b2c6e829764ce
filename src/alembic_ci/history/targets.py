"""Alembic's own reading of targets and order of steps, over revisions that were never imported.

The only module that touches ``alembic.script.revision``; tried with Alembic 1.16.5, 1.17.2,
1.18.4 and 1.20.1. Public: ``Revision(...)``, ``RevisionMap(generator)``, ``heads``, ``bases``,
``iterate_revisions``. Private: ``_topological_sort`` is overridden for speed only (were it
renamed, the result would stay the same), with ``_revision_map`` and ``_normalized_down_revisions``.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from alembic.script.revision import (
    MultipleHeads,
    RangeNotAncestorError,
    ResolutionError,
    RevisionError,
    RevisionMap,
)
from alembic.script.revision import Revision as Node

from alembic_ci.history.order import newest_first
from alembic_ci.history.revision import Revision


class AmbiguousTargetError(Exception):
    """The target stands for one head and there are several."""

    def __init__(self, heads: Sequence[str]) -> None:
        super().__init__(", ".join(heads))
        self.heads = tuple(heads)


class UnknownTargetError(Exception):
    """No revision or branch has this name; the text is Alembic's reason."""


class UnreachableTargetError(Exception):
    """The target exists and no steps lead there; the text is Alembic's reason, if it gave one."""


class Targets:
    """Answers which revisions Alembic would run, and in which order."""

    def __init__(self, revisions: Iterable[Revision]) -> None:
        self._map = _FastMap(lambda: map(_node, revisions))
        self.heads = self._map.heads
        self.bases = self._map.bases

    def oldest_first(self) -> list[str]:
        """Return every id in the reverse order of ``ScriptDirectory.walk_revisions``."""
        nodes = self._map.iterate_revisions(
            "heads", "base", inclusive=True, assert_relative_length=False
        )
        return [node.revision for node in nodes][::-1]

    def upgrade(self, current: Sequence[str], target: str) -> list[str]:
        """Return the ids that ``alembic upgrade`` would apply, in that order."""
        with _explained():
            nodes = self._map.iterate_revisions(target, tuple(current), implicit_base=True)
            return [node.revision for node in nodes][::-1]

    def downgrade(self, current: Sequence[str], target: str) -> list[str]:
        """Return the ids that ``alembic downgrade`` would take back, in that order."""
        with _explained():
            nodes = self._map.iterate_revisions(tuple(current), target, select_for_downgrade=True)
            return [node.revision for node in nodes]


class _FastMap(RevisionMap):
    def _topological_sort(
        self, revisions: Collection[Node], heads: Iterable[Node | None]
    ) -> list[str]:
        tops = {head.revision for head in heads if head}
        return newest_first(
            [node.revision for node in revisions],
            [name for name in self._revision_map if isinstance(name, str) and name in tops],
            {node.revision: node._normalized_down_revisions for node in revisions},  # noqa: SLF001
        )


def _node(revision: Revision) -> Node:
    return Node(
        revision.revision,
        revision.down_revisions,
        dependencies=revision.depends_on,
        branch_labels=revision.branch_labels,
    )


@contextmanager
def _explained() -> Iterator[None]:
    """Turn Alembic's exceptions into ours.

    Its ``assert`` statements are all it has against a relative target that leaves the history.
    """
    try:
        yield
    except MultipleHeads as error:
        raise AmbiguousTargetError(error.heads) from error
    except ResolutionError as error:
        raise UnknownTargetError(str(error)) from error
    except (RangeNotAncestorError, AssertionError) as error:
        raise UnreachableTargetError("") from error
    except RevisionError as error:
        raise UnreachableTargetError(str(error)) from error
