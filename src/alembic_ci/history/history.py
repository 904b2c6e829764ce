"""The project's revisions as one sound graph, and the plans Alembic would make on it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from alembic_ci.errors import HistoryError
from alembic_ci.history import files, soundness
from alembic_ci.history.heads import multiple_heads_error
from alembic_ci.history.lineage import closure, tips
from alembic_ci.history.plan import downgrade_ids, upgrade_ids
from alembic_ci.history.revision import Revision
from alembic_ci.history.targets import AmbiguousTargetError, Targets


class History:
    """Every revision of a project; nothing of the project was imported to read it."""

    def __init__(self, revisions: Iterable[Revision], directory: Path) -> None:
        """Connect *revisions*, given in the order Alembic loads their files.

        Raises:
            HistoryError: they do not make one sound graph.
        """
        known = soundness.checked(revisions, directory)
        self._edges = soundness.parents(known)
        soundness.refuse_cycles(known, self._edges, directory)
        self._targets = Targets(known.values())
        self._directory = directory
        self.revisions: Mapping[str, Revision] = MappingProxyType(known)
        self.heads = self._targets.heads
        self.bases = self._targets.bases

    @classmethod
    def read(cls, versions: files.Versions) -> "History":
        """Parse the revision files of a project.

        Raises:
            HistoryError: a file is broken, or the files do not make one sound graph.
        """
        return cls(files.revisions(versions), versions.directory)

    @property
    def too_long(self) -> tuple[Revision, ...]:
        """The revisions whose id does not fit Alembic's version table: worth a warning."""
        return tuple(revision for revision in self.revisions.values() if revision.too_long)

    def oldest_first(self) -> tuple[Revision, ...]:
        """Return every revision after all that it stands on, in Alembic's order."""
        return self._named(self._targets.oldest_first())

    def unknown(self, current: Iterable[str]) -> tuple[str, ...]:
        """Return those of *current* that no revision file defines."""
        return tuple(identifier for identifier in current if identifier not in self.revisions)

    def covered(self, current: Sequence[str]) -> tuple[str, ...]:
        """Return those of *current* that others of them stand on, where none may be."""
        if len(current) < 2:  # noqa: PLR2004 - nothing else to stand on it
            return ()
        below = [self.closure([identifier]) - {identifier} for identifier in current]
        return tuple(name for name in current if any(name in line for line in below))

    def covering(self, current: Sequence[str]) -> tuple[str, ...]:
        """Return those of *current* that stand on others of them, and that none stands on."""
        covered = self.covered(current)
        return tuple(
            name
            for name in current
            if name not in covered and not self.closure([name]).isdisjoint(covered)
        )

    def closure(self, identifiers: Iterable[str]) -> frozenset[str]:
        """Return *identifiers* with all they stand on: what a database that holds them has run.

        Raises:
            HistoryError: the project lacks one of them.
        """
        wanted = tuple(identifiers)
        self._refuse_unknown(wanted)
        return closure(self._edges, wanted)

    def needed(self, identifier: str) -> tuple[str, ...]:
        """Return what a revision stands on directly."""
        return tuple(self._edges[identifier])

    def above(self, identifier: str) -> frozenset[str]:
        """Return a revision with all that stand on it."""
        found = {identifier}
        for revision in self.oldest_first():
            if not found.isdisjoint(self._edges[revision.revision]):
                found.add(revision.revision)
        return frozenset(found)

    def effective(self, identifiers: Iterable[str]) -> tuple[str, ...]:
        """Return what the version table holds once *identifiers* and all below them have run.

        Raises:
            HistoryError: the project lacks one of them.
        """
        return tips(self._edges, self.closure(identifiers))

    def upgrade_plan(self, current: Sequence[str], target: str) -> tuple[Revision, ...]:
        """Return what to apply to get from *current* to *target*, oldest first.

        Several targets, separated by spaces or commas, are reached one after the other.

        Raises:
            SettingsError: the target does not exist or cannot be reached.
            HistoryError: the project lacks a current revision, or the target is one head of many.
        """
        self._refuse_unknown(current)
        try:
            return self._named(upgrade_ids(self._targets, self._edges, current, target))
        except AmbiguousTargetError as error:
            raise self.multiple_heads_error(error.heads) from error

    def downgrade_plan(self, current: Sequence[str], target: str) -> tuple[Revision, ...]:
        """Return what to take back to get from *current* down to *target*, newest first.

        Raises:
            SettingsError: the target does not exist, is ambiguous or does not lie below.
            HistoryError: the project lacks a current revision, or the target is one head of many.
        """
        self._refuse_unknown(current)
        try:
            return self._named(downgrade_ids(self._targets, self._edges, current, target))
        except AmbiguousTargetError as error:
            raise self.multiple_heads_error(error.heads) from error

    def forked_heads(self) -> tuple[str, ...]:
        """Return heads that share a branch: the same labels, and an ancestor in common."""
        lines = {head: self._line(head) for head in self.heads}
        labels = {head: self._labels(line) for head, line in lines.items()}
        return tuple(
            head
            for head in self.heads
            if any(
                other != head and labels[other] == labels[head] and lines[other] & lines[head]
                for other in self.heads
            )
        )

    def _line(self, head: str) -> frozenset[str]:
        """Return *head* and its ancestors, without what is only depended on."""
        found, todo = set[str](), [head]
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self.revisions[name].down_revisions
        return frozenset(found)

    def _labels(self, line: Iterable[str]) -> frozenset[str]:
        return frozenset(label for name in line for label in self.revisions[name].branch_labels)

    def multiple_heads_error(self, heads: Sequence[str] = ()) -> HistoryError:
        """Return the error that names *heads* (default: all) and the lines that make them one."""
        return multiple_heads_error(
            heads or self.heads, self.oldest_first(), self._edges, self._directory
        )

    def _named(self, identifiers: Iterable[str]) -> tuple[Revision, ...]:
        return tuple(self.revisions[identifier] for identifier in identifiers)

    def _refuse_unknown(self, identifiers: Iterable[str]) -> None:
        unknown = self.unknown(identifiers)
        if unknown:
            raise HistoryError(
                f"The project has no revision {' or '.join(unknown)}.",
                meaning="A database stands there, and no file of this checkout defines it: the "
                "file was deleted or renamed, or the database was upgraded from another branch "
                "or a newer release.",
                remedy="Run from the checkout that has the file, or restore it. "
                "`git log --all -- '*REVISION*'` finds it by name."
                f"{soundness.similar(unknown[0], self.revisions)}",
            )
