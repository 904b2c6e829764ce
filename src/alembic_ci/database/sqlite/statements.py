"""Which tables a step's statements can have touched, judged by the names in their text.

Only what SQL text can do is judged: a step whose statements nobody saw is looked at as a whole.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NAME = re.compile(r"""\w+|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|'(?:[^']|'')*'""")
_RENAMED = re.compile(r"ALTER\s+TABLE\s+(?P<name>\w+|\"[^\"]+\")\s+RENAME", re.IGNORECASE)
_RENAME = re.compile(r"\bRENAME\b", re.IGNORECASE)
_UNFORESEEN = frozenset({"sqlite_master", "sqlite_schema", "writable_schema", "virtual", "attach"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to look at: *everything*, or what bears one of *names*, in small letters.

    *renamed* are the tables that got another name, or a column of theirs did: what mentions them
    has another text now.
    """

    everything: bool = False
    names: frozenset[str] = frozenset()
    renamed: frozenset[str] = frozenset()


EVERYTHING = Scope(everything=True)


def scope(texts: Iterable[str]) -> Scope:
    """Return what the statements can have changed.

    SQLite folds the case of ASCII letters only, so anything beyond ASCII means everything.
    """
    text = ";\n".join(texts)
    names = frozenset(name for found in _NAME.findall(text) for name in _meant(found.lower()))
    renamed = frozenset(m["name"].strip('"').lower() for m in _RENAMED.finditer(text))
    hidden = len(_RENAMED.findall(text)) != len(_RENAME.findall(text))
    if not text.isascii() or hidden or names & _UNFORESEEN:
        return EVERYTHING
    return Scope(names=names, renamed=renamed)


def _meant(found: str) -> tuple[str, ...]:
    """Return a name without its quotes; a quoted text may hold SQL, so its words count, too."""
    if not found or found[0] not in "\"`['":
        return (found,)
    quote = found[-1]
    inside = found[1:-1].replace(quote * 2, quote)
    return (inside, *re.findall(r"\w+", inside))
