"""Access control lists in words."""

import re
from collections.abc import Mapping, Sequence

_ITEM = re.compile(r"(?P<grantee>.*)=(?P<letters>[A-Za-z*]*)/.*", re.DOTALL)

_WORDS: Mapping[str, str] = {
    "a": "INSERT",
    "r": "SELECT",
    "w": "UPDATE",
    "d": "DELETE",
    "D": "TRUNCATE",
    "x": "REFERENCES",
    "t": "TRIGGER",
    "m": "MAINTAIN",
    "X": "EXECUTE",
    "U": "USAGE",
    "C": "CREATE",
    "c": "CONNECT",
    "T": "TEMPORARY",
    "s": "SET",
    "A": "ALTER SYSTEM",
}


def in_words(items: Sequence[str], default: Sequence[str] | None) -> str | None:
    """Say who may do what, or None where that is what a new object has.

    A GRANT and its REVOKE leave an explicit list that says the same as none. Who granted is left
    out. https://www.postgresql.org/docs/current/ddl-priv.html#PRIVILEGE-ABBREVS-TABLE
    """
    granted = _granted(items)
    if default is not None and granted == _granted(default):
        return None
    said = (f"{grantee}: {', '.join(sorted(words))}" for grantee, words in sorted(granted.items()))
    return "; ".join(said) or "nobody"


def _granted(items: Sequence[str]) -> dict[str, set[str]]:
    granted: dict[str, set[str]] = {}
    for item in items:
        if match := _ITEM.fullmatch(item):
            words = {_word(letter) for letter in re.findall(r"[A-Za-z]\*?", match["letters"])}
            granted.setdefault(_role(match["grantee"]), set()).update(words)
    return {grantee: words for grantee, words in granted.items() if words}


def _word(letter: str) -> str:
    word = _WORDS.get(letter[0], letter[0])
    return f"{word} WITH GRANT OPTION" if letter.endswith("*") else word


def _role(grantee: str) -> str:
    if not grantee:
        return "PUBLIC"
    return grantee[1:-1].replace('""', '"') if grantee.startswith('"') else grantee
