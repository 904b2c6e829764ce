"""Names that PostgreSQL made up, and which therefore say nothing.

An unnamed constraint, index or ``serial`` sequence is called after its table and columns, with a
number behind it when that name was taken (``users_email_key``, ``users_email_key1``). Whether it
was taken depends on what else existed at that moment, so the number is dropped: the same structure
made again is the same object. A name that could not have been made up this way is compared as it
is, for then a person chose it and later migrations may rely on it.

A table may have several unnamed CHECKs whose names differ in the number only; those are told
apart by what they say. Their names are not compared.
"""

from collections.abc import Iterable, Iterator

from alembic_ci.delta import Attributes, ObjectKey

_LONGEST = 63

Described = tuple[ObjectKey, dict[str, str]]


def made_up(table: str, addition: str, label: str) -> str:
    """Return the name PostgreSQL gives, within 63 bytes; the longer of two parts is cut first.

    https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/commands/indexcmds.c
    (``makeObjectName``)
    """
    first, second = table.encode(), addition.encode()
    room = _LONGEST - len(label) - 1 - (1 if second else 0)
    while len(first) + len(second) > room:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    parts = (part.decode(errors="ignore") for part in (first, second) if part)
    return "_".join([*parts, label])


def without_number(name: str, table: str, addition: str, label: str) -> str | None:
    """Return the made-up name *name* stands for, or None if a person chose it."""
    number = name[len(name.rstrip("0123456789")) :]
    candidates = ("", *(number[start:] for start in range(len(number))))
    if any(made_up(table, addition, label + digits) == name for digits in candidates):
        return made_up(table, addition, label)
    return None


def normalised(rows: Iterable[Described]) -> Iterator[tuple[ObjectKey, Attributes]]:
    """Replace made-up names in keys and defaults; the marks (``_table`` ...) are taken out."""
    taken: set[ObjectKey] = set()
    for key, attributes in sorted(rows, key=_by_structure):
        renamed = _renamed(key, attributes)
        if renamed in taken:
            renamed = renamed._replace(name=f"{renamed.name} ({attributes.get('definition', '')})")
        while renamed in taken:
            renamed = renamed._replace(name=f"{renamed.name} again")
        taken.add(renamed)
        yield renamed, _unmarked(attributes)


def _by_structure(row: Described) -> tuple[ObjectKey, str]:
    key, attributes = row
    return key._replace(name=""), attributes.get("definition", "")


def _renamed(key: ObjectKey, attributes: Attributes) -> ObjectKey:
    table, label = attributes.get("_table"), attributes.get("_label")
    if table is None or label is None:
        return key
    name = without_number(key.name, table, attributes.get("_addition", ""), label)
    if name is None:
        return key
    if label == "check":
        return key._replace(name=attributes["definition"])
    return key._replace(name=name)


def _unmarked(attributes: dict[str, str]) -> Attributes:
    shown = {name: value for name, value in attributes.items() if not name.startswith("_")}
    if "_sequence" in attributes and "default" in shown:
        sequence = attributes["_sequence"].rpartition(".")[2].strip('"')
        table, column = attributes["_table"], attributes["_column"]
        name = without_number(sequence, table, column, "seq")
        shown["default"] = shown["default"].replace(sequence, name or sequence)
    return shown
