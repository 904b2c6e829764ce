"""Values and statements, short enough to read; and two of them side by side."""

from alembic_ci.delta import Attributes, Change

_SHORT = 80  # characters; a longer value is shown around the first difference
_CONTEXT = 20
_EXCERPT = 60
_LONGEST_SIDE = 2_000
_SILENT = "position"  # of a column; where others moved it says nothing


def code(text: str) -> str:
    """Mark *text* as code; MySQL's own backticks would end it, and say nothing to a reader."""
    return f"`{text.replace('`', '')}`"


def value_change(name: str, before: str | None, after: str | None) -> str:
    """Say how a named value changed: ``on delete is `CASCADE`, was `NO ACTION```."""
    if all(len(value or "") <= _SHORT and "\n" not in (value or "") for value in (before, after)):
        return f"{name} is {_quoted(after)}, was {_quoted(before)}"
    if before is None or after is None:
        return f"{name} is {_quoted(_excerpt(after, 0))}, was {_quoted(_excerpt(before, 0))}"
    start = max(0, _same_start(before, after) - _CONTEXT)
    now, was = _excerpt(after, start), _excerpt(before, start)
    return f"{name} differs: {_quoted(now)}, was {_quoted(was)}"


def shortened(text: str, longest: int) -> str:
    """Return *text* as one line, cut after so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest]}…"


def both_shortened(one: str, other: str, longest: int) -> tuple[str, str]:
    """Return two texts as ``shortened`` does, but from where they part if that would be cut off."""
    lines = [" ".join(text.split()) for text in (one, other)]
    parting = _same_start(*lines)
    start = lines[0].rfind(" ", 0, parting - longest // 3) + 1 if parting > longest // 2 else 0
    first, second = (f"{'… ' if start else ''}{shortened(x[start:], longest)}" for x in lines)
    return first, second


def _same_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _excerpt(value: str | None, start: int) -> str | None:
    """Return one line of the value from about *start*, with dots where something is left out."""
    if value is None:
        return None
    cut = " ".join(value[start : start + _EXCERPT].split())
    ends = "" if start + _EXCERPT >= len(value) else " ..."
    return f"{'... ' if start else ''}{cut}{ends}"


def _quoted(value: str | None) -> str:
    return "none" if value is None else code(value)


def two_sides(change: Change) -> tuple[str, str]:
    """Return an object before and after, a line for each attribute that is not the same."""
    before, after = change.before or {}, change.after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return _side(before, names), _side(after, names)


def _side(attributes: Attributes, names: list[str]) -> str:
    lines = (f"{name}: {attributes[name]}" for name in names if attributes.get(name))
    whole = "\n".join(line for line in lines if not line.startswith(f"{_SILENT}: "))
    return whole if len(whole) <= _LONGEST_SIDE else f"{whole[:_LONGEST_SIDE]} ..."
