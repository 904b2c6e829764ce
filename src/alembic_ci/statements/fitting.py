"""Which values of one type have no room in another, in words."""

from alembic_ci.statements.column_types import (
    ARRAY,
    Approximate,
    Bits,
    Exact,
    Labels,
    Moment,
    Octets,
    Other,
    Span,
    Text,
    Truth,
    Values,
    Whole,
)

_LONGER = "longer values are cut or refused"
_RANGE = "values out of its range are cut or refused"
_ROUNDED = "digits behind the point are rounded off"
_PRECISION = "values with more than {} digits are rounded"
_OTHER = "values that are none are changed or refused"
_SECONDS = "fractions of a second are rounded off"
_DOCUMENTS = ("json", "jsonb")
_WIDER = frozenset([("cidr", "inet"), ("macaddr", "macaddr8"), ("inet4", "inet6")])
_DIFFERENT = {("inet", "cidr"): "the bits that name a host are set to 0"}
_EVERY = ("utf8mb4", "utf16", "utf16le", "utf32", "gb18030")
_WIDE = ("utf8mb3", "utf8", "ucs2")
_AFFINITIES = (
    *(("INT", "INTEGER"), ("CHAR", "TEXT"), ("CLOB", "TEXT"), ("TEXT", "TEXT"), ("BLOB", "BLOB")),
    *(("REAL", "REAL"), ("FLOA", "REAL"), ("DOUB", "REAL")),
)
_NUMERIC = ("INTEGER", "REAL", "NUMERIC")
_WRITTEN = ("DATE", "TIME", "JSON")  # kept as texts in a column whose affinity is NUMERIC
_DECIMAL = ("NUMERIC", "DECIMAL")


def misfit(old: Values, new: Values) -> str:
    """Say what becomes of the values of *old* that *new* has no room for; ``""`` if all fit.

    Types that cannot be held against one another say nothing.
    """
    match new:
        case Text():
            return _texts(old, new)
        case Octets():
            return _LONGER if _longer(_size(old), new.length) else ""
        case Bits():
            return _bits(old, new)
        case Other():
            return _others(old, new)
        case _:
            return _OTHER if isinstance(old, Text | Octets | Other) else _counted(old, new)


def _counted(old: Values, new: Values) -> str:
    """Say it where neither is a text, or what can only be written as one."""
    match new:
        case Labels():
            return _unlabelled(old, new)
        case Moment():
            return _moments(old, new)
        case Span():
            return _SECONDS if isinstance(old, Span) and old.fraction > new.fraction else ""
        case _:
            return _numbers(old, new)


def _longer(old: int | None, new: int | None) -> bool:
    return new is not None and (old is None or old > new)


def _texts(old: Values, new: Text) -> str:
    if _too_long(old, new):
        return _LONGER
    match old:
        case Octets():
            return "bytes that are no text are changed or refused"
        case Text() if not _has_all(old.charset, new.charset):
            return f"characters that {new.charset} does not have are changed or refused"
        case _:
            return ""


def _has_all(old: str, new: str) -> bool:
    """Tell whether a character set of MySQL has all the characters of another one."""
    if old in {new, "ascii"} or new in _EVERY:
        return True
    return new in _WIDE and old not in _EVERY


def _too_long(old: Values, new: Text) -> bool:
    if isinstance(old, Text) and _longer(old.size, new.octets):
        return True
    return _longer(_written(old), new.characters)


def _written(old: Values) -> int | None:
    """Return how many characters the longest value has as a text; 0 where nobody can say."""
    length: int | None = 0
    match old:
        case Text():
            length = old.characters
        case Whole():
            length = max(len(str(old.least)), len(str(old.most)))
        case Exact(before, behind, negative) if before is not None and behind is not None:
            length = before + behind + (behind > 0) + negative
        case Approximate():
            length = old.digits + len("-.e-308")
        case Labels(names, several):
            lengths = [len(name) for name in names]
            length = sum(lengths) + len(lengths) - 1 if several else max(lengths, default=0)
        case Moment():
            length = len("20201231") * old.date + len("235959") * old.time
        case Octets() | Other():
            length = old.length
    return length


def _size(old: Values) -> int | None:
    """Return how many bytes the longest value has; nothing is too long that is no text."""
    match old:
        case Octets():
            return old.length
        case Text():
            return old.size
        case _:
            return 0


def _bits(old: Values, new: Bits) -> str:
    match old:
        case Text():
            return _OTHER
        case Whole():
            return _RANGE if _longer(old.most.bit_length() + 1, new.length) else ""
        case Bits() if _longer(old.length, new.length) and not new.exactly:
            return _LONGER
        case Bits() if new.exactly and old != new:
            fixed = old.exactly and _longer(old.length, new.length)
            return _LONGER if fixed else "values of another length are refused"
        case _:
            return ""


def _others(old: Values, new: Other) -> str:
    if isinstance(old, Text):
        return _OTHER if new != ARRAY else ""
    if not isinstance(old, Other) or new in {old, ARRAY}:
        return ""
    pair = (old.name, new.name)
    fits = pair in _WIDER or new.name in _DOCUMENTS
    return _DIFFERENT.get(pair, "" if fits else _OTHER)


def _unlabelled(old: Values, new: Labels) -> str:
    if not isinstance(old, Labels):
        return ""
    gone = [f"'{name}'" for name in old.names if name not in new.names]
    if gone:
        return f"rows with {' or '.join(gone)} are changed or refused"
    several = old.several and not new.several
    return "rows with several values are changed or refused" if several else ""


def _moments(old: Values, new: Moment) -> str:
    if isinstance(old, Span):
        return "whole days are cut off" if new.time else ""
    if not isinstance(old, Moment):
        return ""
    harms = (
        (old.time and not new.time, "the time of the day is cut off"),
        (old.date and not new.date, "the date is cut off"),
        (old.fraction > new.fraction, _SECONDS),
        (new.epoch and not old.epoch, "dates before 1970 and after 2038 are changed or refused"),
    )
    return next((harm for narrower, harm in harms if narrower), "")


def _numbers(old: Values, new: Values) -> str:
    match old, new:
        case Whole() | Exact() | Approximate(), Truth():
            return "numbers other than 0 and 1 are changed or refused"
        case Bits(), Whole():
            return _RANGE if _longer(old.length, new.most.bit_length() + 1) else ""
        case Approximate(), Whole() | Exact():
            return _ROUNDED if _behind(new) is not None else ""
        case Whole() | Exact() | Approximate(), Approximate():
            return _PRECISION.format(new.digits) if _preciser(old, new) else ""
        case Whole() | Exact(), Whole() | Exact():
            return _exactly(old, new)
        case _:
            return ""


def _preciser(old: Whole | Exact | Approximate, new: Approximate) -> bool:
    match old:
        case Whole():
            return old.most > 1 << new.bits
        case Exact(before, behind):
            return before is None or behind is None or before + behind > new.digits
        case Approximate():
            return old.digits > new.digits


def _exactly(old: Whole | Exact, new: Whole | Exact) -> str:
    if _longer(_behind(old), _behind(new)):
        return _ROUNDED
    (least, most), (lowest, highest) = _range(old), _range(new)
    low = lowest is not None and (least is None or least < lowest)
    high = highest is not None and (most is None or most > highest)
    return _RANGE if low or high else ""


def _behind(values: Whole | Exact) -> int | None:
    return 0 if isinstance(values, Whole) else values.behind


def _range(values: Whole | Exact) -> tuple[int | None, int | None]:
    """Return the least and the most, digits behind the point left aside."""
    if isinstance(values, Whole):
        return values
    most = None if values.before is None else 10**values.before - 1
    if not values.negative:
        return 0, most
    return (None if most is None else -most), most


def sqlite_misfit(old: str, new: str) -> str:
    """Say what a CAST of a column from one declared type of SQLite to another does to values.

    Lengths mean nothing to SQLite, and a date is a text. https://www.sqlite.org/lang_expr.html#castexpr
    """
    if affinity(new) not in _NUMERIC:
        return ""
    if affinity(old) in {"TEXT", "BLOB"} or old.startswith(_WRITTEN):
        return "texts are cut to the number that they begin with, or 0"
    fractions = affinity(old) == "REAL" or (old.startswith(_DECIMAL) and not old.endswith(", 0)"))
    return "digits behind the point are cut off" if fractions and "INT" in new else ""


def affinity(declared: str) -> str:
    """Return a declared type's affinity: https://www.sqlite.org/datatype3.html, section 3.1."""
    return next((name for word, name in _AFFINITIES if word in declared), "NUMERIC")
