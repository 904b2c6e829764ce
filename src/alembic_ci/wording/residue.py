"""What up and down, or up, down and up, left different."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from alembic_ci.delta import Attributes, Change, Delta, ObjectKey
from alembic_ci.model import Difference, Phase
from alembic_ci.wording.excerpts import code, two_sides, value_change

_CONTAINERS = {"table", "foreign table", "view", "materialized view", "composite type"}
_FIELDS = {"column", "attribute"}
_FIRES_ON = {"trigger", "rule", "policy"}
_RENAMED = {"index", "primary key", "unique constraint", "foreign key", "check constraint"}
_ORDER = "position"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The sentences of one phase; ``{o}`` is the object, `{was}` and `{now}` its two states."""

    left: str
    taken: str
    changed: str
    redefined: str
    renamed: str
    ordered: str


_WORDS = {
    Phase.UP: _Words(
        left="in one go the upgrade ends with {o}, which is not there one by one",
        taken="in one go the upgrade ends without {o}, which is there one by one",
        changed="in one go the upgrade makes {o} differently: {now}",
        redefined="in one go the upgrade makes {o} as {now}, one by one as {was}",
        renamed="in one go the upgrade calls {o} {now}",
        ordered="in one go the upgrade makes the columns of table {o} in another order: {now}",
    ),
    Phase.DOWN: _Words(
        left="downgrade leaves {o} behind",
        taken="downgrade ends without {o}, which was there before",
        changed="downgrade changes {o}: {now}",
        redefined="downgrade brings back {o} as {now}, it was {was}",
        renamed="downgrade brings back {o} under the name {now}",
        ordered="downgrade brings back the columns of table {o} in another order: {now}",
    ),
    Phase.SECOND_UP: _Words(
        left="second upgrade ends with {o}, which was not there after the first",
        taken="second upgrade ends without {o}, which was there after the first",
        changed="second upgrade makes {o} differently: {now}",
        redefined="second upgrade makes {o} as {now}, the first made it as {was}",
        renamed="second upgrade calls {o} {now}",
        ordered="second upgrade makes the columns of table {o} in another order: {now}",
    ),
}

_LIVE = _Words(
    left="the database has {o}, which its revisions do not make",
    taken="the database lacks {o}",
    changed="{o} is different in the database: {now}",
    redefined="{o} is {now} in the database, its revisions make it {was}",
    renamed="{o} is called {now} in the database",
    ordered="the columns of table {o} have another order in the database: {now}",
)

Found = Iterator[tuple[ObjectKey, str]]


def residue(delta: Delta, phase: Phase) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Return what should not have changed, and notices of changes that nobody has to mend.

    In the first phase a whole upgrade is compared with the same revisions one by one. A table that
    is left or missing speaks for its columns and indexes. The order of columns is a notice. The
    result is in the order of the names.
    """
    return _told(delta, _WORDS[phase])


def astray(delta: Delta) -> tuple[Difference, ...]:
    """Return in what a live schema differs from the one its revisions make."""
    return _told(delta, _LIVE)[0]


def _told(delta: Delta, words: _Words) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    changes = _without_parts_of_whole(delta.changes)
    renamed = _renames(changes)
    moved = renamed.keys() | renamed.values()
    notable = {key: change for key, change in changes.items() if key not in moved}
    differences = [*_differences(notable, words), *_renamings(renamed, words)]
    sides = {key: two_sides(change) for key, change in notable.items()}
    sides |= {old: (f"name: {old.name}", f"name: {new.name}") for old, new in renamed.items()}
    return _sorted(differences, sides), _sorted(list(_orders(changes, words)), {})


def described(key: ObjectKey, attributes: Attributes) -> str:
    """Name an object in a sentence: ``index `ix_users_email` of table `users```."""
    kind = "unique index" if attributes.get("unique") in {"yes", "UNIQUE"} else key.kind
    if not key.parent:
        return f"{kind} {code(key.name)}"
    if key.kind in _FIELDS:
        return f"{kind} {code(f'{key.parent}.{key.name}')}"
    if key.kind in _FIRES_ON:
        return f"{kind} {code(key.name)} on {code(key.parent)}"
    if key.name == "PRIMARY":
        return f"{kind} of table {code(key.parent)}"
    return f"{kind} {code(key.name)} of table {code(key.parent)}"


def _without_parts_of_whole(changes: Mapping[ObjectKey, Change]) -> dict[ObjectKey, Change]:
    """Drop what came or went only because the table it belongs to did."""
    whole = {
        key.name
        for key, change in changes.items()
        if key.kind in _CONTAINERS and (change.before is None or change.after is None)
    }
    return {key: change for key, change in changes.items() if key.parent not in whole}


def _differences(changes: Mapping[ObjectKey, Change], words: _Words) -> Found:
    for key, change in changes.items():
        match change:
            case Change(before=None, after=after) if after is not None:
                yield key, words.left.format(o=described(key, after))
            case Change(before=before, after=None) if before is not None:
                yield key, words.taken.format(o=described(key, before))
            case Change(before=before, after=after) if before is not None and after is not None:
                yield from _changed(key, before, after, words)


def _changed(key: ObjectKey, before: Attributes, after: Attributes, words: _Words) -> Found:
    names = _changed_names(before, after)
    what = described(key, before if "unique" not in names else {})
    if key.kind in _FIELDS and names & {"type", "nullable"}:
        text = words.redefined.format(
            o=what, now=code(_definition(after)), was=code(_definition(before))
        )
        names -= {"type", "nullable"}
        more = _attribute_changes(names, before, after)
        yield key, f"{text}; {more}" if more else text
    elif names:
        now = _attribute_changes(names, before, after)
        yield key, words.changed.format(o=what, now=now)


def _changed_names(before: Attributes, after: Attributes) -> set[str]:
    names = before.keys() | after.keys()
    return {name for name in names if before.get(name) != after.get(name)} - {_ORDER}


def _definition(attributes: Attributes) -> str:
    return f"{attributes.get('type', '')} {attributes.get('nullable', '')}".strip()


def _attribute_changes(names: set[str], before: Attributes, after: Attributes) -> str:
    texts = (value_change(name, before.get(name), after.get(name)) for name in sorted(names))
    return ", ".join(texts)


def _renames(changes: Mapping[ObjectKey, Change]) -> dict[ObjectKey, ObjectKey]:
    """Pair keys and indexes that went with ones that came and differ in nothing but the name."""
    gone: dict[tuple[str, ...], list[ObjectKey]] = {}
    come: dict[tuple[str, ...], list[ObjectKey]] = {}
    for key in sorted(changes):
        change = changes[key]
        if key.kind in _RENAMED and change.after is None and change.before is not None:
            gone.setdefault(_structure(key, change.before), []).append(key)
        elif key.kind in _RENAMED and change.before is None and change.after is not None:
            come.setdefault(_structure(key, change.after), []).append(key)
    return {
        old: new
        for structure, keys in gone.items()
        for old, new in zip(keys, come.get(structure, ()), strict=False)
    }


def _structure(key: ObjectKey, attributes: Attributes) -> tuple[str, ...]:
    pairs = (f"{name}={value}" for name, value in sorted(attributes.items()))
    return (key.kind, key.parent, *pairs)


def _renamings(renamed: Mapping[ObjectKey, ObjectKey], words: _Words) -> Found:
    for old, new in renamed.items():
        yield old, words.renamed.format(o=described(old, {}), now=code(new.name))


def _orders(changes: Mapping[ObjectKey, Change], words: _Words) -> Found:
    """Yield one notice for each table whose columns swapped places; moving up does not count."""
    places: dict[str, list[tuple[int, int, str]]] = {}
    for key, (before, after) in changes.items():
        if before is None or after is None or not (_ORDER in before and _ORDER in after):
            continue
        place = (int(before[_ORDER]), int(after[_ORDER]), key.name)
        places.setdefault(key.parent, []).append(place)
    for parent, moved in places.items():
        if any(one[1] > other[1] for one, other in pairwise(sorted(moved))):
            names = ", ".join(code(name) for _, _, name in sorted(moved, key=lambda m: m[1]))
            yield ObjectKey("table", "", parent), words.ordered.format(o=code(parent), now=names)


def _sorted(
    found: list[tuple[ObjectKey, str]], sides: Mapping[ObjectKey, tuple[str, str]]
) -> tuple[Difference, ...]:
    """Put a table before its parts, and tables by name."""
    ordered = sorted(Counter(found), key=_place)
    return tuple(_difference(key, text, *sides.get(key, ("", ""))) for key, text in ordered)


def _difference(key: ObjectKey, text: str, before: str, after: str) -> Difference:
    return Difference(text=text, object=str(key), before=before, after=after)


def _place(item: tuple[ObjectKey, str]) -> tuple[str, bool, ObjectKey, str]:
    key, text = item
    return key.parent or key.name, bool(key.parent), key, text
