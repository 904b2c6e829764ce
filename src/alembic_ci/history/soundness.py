"""Do the revision files make one graph? Alembic warns, crashes or loops on those that do not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from alembic_ci.errors import HistoryError
from alembic_ci.history.revision import Revision, relative

_SHORTEST_PREFIX = 4  # Alembic resolves no shorter one


def checked(revisions: Iterable[Revision], directory: Path) -> dict[str, Revision]:
    """Return the revisions by id, in the given order.

    Raises:
        HistoryError: an id or label is used twice, a parent or dependency does not exist, or a
            revision is its own ancestor.
    """
    known: dict[str, Revision] = {}
    for revision in revisions:
        if revision.revision in known:
            raise _used_twice(known[revision.revision], revision, directory)
        known[revision.revision] = revision
    labels = _labels(known, directory)
    for revision in known.values():
        _refuse_unknown(revision, known, labels, directory)
    return known


def parents(known: Mapping[str, Revision]) -> dict[str, tuple[str, ...]]:
    """Return what each revision stands on: its parents, then what its ``depends_on`` means."""
    labels = {
        label: revision.revision for revision in known.values() for label in revision.branch_labels
    }
    return {
        identifier: tuple(
            dict.fromkeys(
                (
                    *revision.down_revisions,
                    *(labels.get(name, name) for name in revision.depends_on),
                )
            )
        )
        for identifier, revision in known.items()
    }


def refuse_cycles(
    known: Mapping[str, Revision], edges: Mapping[str, Sequence[str]], directory: Path
) -> None:
    """Stop when some revision can only run after itself."""
    cycle = _cycle(edges)
    if not cycle:
        return
    lines = "; ".join(
        f"{name} ({_place(known[name], directory)}) needs {following}"
        for name, following in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
    )
    raise HistoryError(
        f"The revisions go round in a circle: {lines}.",
        meaning="None of them can ever be applied first. A hand-edited down_revision or "
        "depends_on is the usual cause.",
        remedy="Point one of these at the revision it was written after.",
    )


def named(revision: Revision, directory: Path) -> str:
    """Name a revision the way a reader finds it: id, file and line, message."""
    message = f", {revision.message!r}" if revision.message else ""
    return f"{revision.revision} ({relative(revision.path, directory)}:{revision.line}{message})"


def similar(identifier: str, known: Iterable[str]) -> str:
    """Return a sentence with the ids that may have been meant, or nothing."""
    names = list(known)
    started = [
        name
        for name in names
        if len(identifier) >= _SHORTEST_PREFIX and name.startswith(identifier)
    ]
    matches = started[:3] or get_close_matches(identifier, names, n=3)
    return f" Did you mean {' or '.join(matches)}?" if matches else ""


def _labels(known: Mapping[str, Revision], directory: Path) -> dict[str, Revision]:
    labels: dict[str, Revision] = {}
    for revision in known.values():
        for label in revision.branch_labels:
            other = labels.get(label) or known.get(label)
            if other:
                raise HistoryError(
                    f"The branch label {label!r} of {named(revision, directory)} is already taken "
                    f"by {named(other, directory)}.",
                    remedy="Give the label to the first revision of one branch only.",
                )
            labels[label] = revision
    return labels


def _refuse_unknown(
    revision: Revision,
    known: Mapping[str, Revision],
    labels: Mapping[str, Revision],
    directory: Path,
) -> None:
    for parent in revision.down_revisions:
        if parent not in known:
            raise _unknown(revision, "down_revision", parent, known, directory)
    for name in revision.depends_on:
        if name not in known and name not in labels:
            raise _unknown(revision, "depends_on", name, [*known, *labels], directory)


def _unknown(
    revision: Revision, field: str, name: str, known: Iterable[str], directory: Path
) -> HistoryError:
    others = [identifier for identifier in known if identifier != revision.revision]
    return HistoryError(
        f"{_place(revision, directory)}: `{field}` of revision {revision.revision} names {name!r}, "
        "which no revision file defines.",
        meaning="The file of that revision was deleted, renamed or never committed, or the id is "
        "misspelt. Alembic cannot load such a history.",
        remedy=f"Restore the missing file or correct `{field}`.{similar(name, others)}",
    )


def _used_twice(first: Revision, second: Revision, directory: Path) -> HistoryError:
    return HistoryError(
        f"Two files define revision {first.revision}: {_own_place(first, directory)} and "
        f"{_own_place(second, directory)}.",
        meaning="Alembic would silently ignore one of them. A copied revision file is the usual "
        "cause.",
        remedy="Give the newer file an id of its own (`alembic revision` makes one), or delete it.",
    )


def _own_place(revision: Revision, directory: Path) -> str:
    return f"{relative(revision.path, directory)}:{revision.line}"


def _place(revision: Revision, directory: Path) -> str:
    return f"{relative(revision.path, directory)}:{revision.parent_line}"


def _cycle(edges: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the first circle found, each entry needing the next one, or nothing."""
    done: set[str] = set()
    for start in edges:
        way: dict[str, Iterator[str]] = {} if start in done else {start: iter(edges[start])}
        while way:
            name = next(reversed(way))
            following = next((item for item in way[name] if item not in done), None)
            if following is None:
                done.add(name)
                del way[name]
            elif following in way:
                names = list(way)
                return names[names.index(following) :]
            else:
                way[following] = iter(edges[following])
    return []
