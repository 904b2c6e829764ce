"""Texts that match a regular expression, a LIKE pattern or a GLOB pattern, as far as is simple.

What comes out is only tried: the server says whether it really matches. So everything unusual
(look-around, back references, anchors in the middle) is read loosely.
"""

import string
from collections.abc import Iterator
from dataclasses import dataclass, field

_CLASSES = {
    "d": string.digits,
    "w": string.ascii_lowercase,
    "s": " ",
    "D": "a",
    "W": "-",
    "S": "a",
}
_POSIX = {
    "[:alpha:]": string.ascii_letters,
    "[:upper:]": string.ascii_uppercase,
    "[:lower:]": string.ascii_lowercase,
    "[:digit:]": string.digits,
    "[:alnum:]": string.ascii_lowercase + string.digits,
    "[:space:]": " ",
    "[:xdigit:]": "0123456789abcdef",
    "[:punct:]": "-",
}
_PREFERRED = string.ascii_lowercase + string.ascii_uppercase + string.digits
_MOST = 300  # repetitions
_ENOUGH = 1000  # characters; repetitions inside repetitions grow beyond all bounds


def like_samples(pattern: str) -> Iterator[str]:
    """Yield texts that a LIKE pattern may accept."""
    for filling in ("", "a", "a1b2"):
        yield pattern.replace("%", filling).replace("_", "a")


def glob_samples(pattern: str) -> Iterator[str]:
    """Yield texts that a GLOB pattern may accept."""
    for filling in ("", "a"):
        expression = pattern.replace(".", r"\.").replace("?", ".").replace("*", filling)
        yield from regex_samples(expression, count=1)


def regex_samples(pattern: str, *, count: int) -> Iterator[str]:
    """Yield up to *count* different texts that a regular expression may accept."""
    seen = set()
    for seed in range(count):
        text = _Sampler(pattern, seed).text()
        if text not in seen:
            seen.add(text)
            yield text


@dataclass(slots=True)
class _Sampler:
    """Reads a pattern from left to right and writes a text on the way."""

    pattern: str
    seed: int
    position: int = field(default=0)
    written: int = field(default=0)

    def text(self) -> str:
        return self._alternatives()

    def _peek(self, size: int = 1) -> str:
        return self.pattern[self.position : self.position + size]

    def _take(self, size: int = 1) -> str:
        taken = self._peek(size)
        self.position += size
        return taken

    def _alternatives(self) -> str:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._take()
            branches.append(self._sequence())
        return branches[self.seed % len(branches)]

    def _sequence(self) -> str:
        parts = []
        while self._peek() not in {"", "|", ")"}:
            start = self.position
            atom = self._atom()
            end = self.position
            low, high = self._repetition()
            parts.append(atom * (low > 0))
            count = low if low > 1 else min(high, 2) if self.seed % 2 and low else low
            for _ in range(min(count, _MOST) - 1):
                if self.written > _ENOUGH:
                    break
                after, self.position = self.position, start
                parts.append(self._atom())
                self.position = max(after, end)
        return "".join(parts)

    def _atom(self) -> str:
        sign = self._take()
        match sign:
            case "(":
                return self._group()
            case "[":
                return self._one_of(self._members())
            case "." | "?" | "*" | "+":
                return self._one_of(string.ascii_lowercase)
            case "\\":
                return self._escaped(self._take())
            case _:
                return "" if sign in "^$" else sign

    def _escaped(self, sign: str) -> str:
        if sign and sign in "bBAZymMY":
            return ""
        return self._one_of(_CLASSES[sign]) if sign in _CLASSES else sign

    def _group(self) -> str:
        skipped = self._peek(2) in {"?=", "?!"} or self._peek(3) in {"?<=", "?<!"}
        if self._peek(2) == "?:":
            self._take(2)
        inner = self._alternatives()
        self._take()
        return "" if skipped else inner

    def _members(self) -> str:
        negated = self._peek() == "^"
        self.position += negated
        members = ""
        while self._peek() and (self._peek() != "]" or not members):
            members += self._member()
        self._take()
        if not negated:
            return members
        return "".join(sign for sign in _PREFERRED if sign not in members) or "-"

    def _member(self) -> str:
        for name, signs in _POSIX.items():
            if self._peek(len(name)) == name:
                self._take(len(name))
                return signs
        sign = self._take()
        if sign == "\\":
            escaped = self._take()
            return _CLASSES.get(escaped, escaped)
        if self._peek() == "-" and self._peek(2) not in {"-", "-]"}:
            self._take()
            last = self._take().replace("\\", self._peek())
            return "".join(map(chr, range(ord(sign), min(ord(last), ord(sign) + 99) + 1)))
        return sign

    def _one_of(self, signs: str) -> str:
        usual = "".join(sign for sign in signs if sign in _PREFERRED) or signs or "-"
        self.written += 1
        return usual[(self.seed * (self.written % 3 + 1)) % len(usual)]

    def _repetition(self) -> tuple[int, int]:
        sign = self._peek()
        if sign in {"?", "*", "+"} and sign:
            self._take()
            low, high = (1 if sign == "+" or self.seed % 2 else 0), 1 if sign == "?" else _MOST
        elif sign == "{" and self._peek(2)[1:].isdigit():
            low, high = self._bounds()
        else:
            return 1, 1
        if self._peek() in {"?", "+"} and self._peek():
            self._take()
        return low, high

    def _bounds(self) -> tuple[int, int]:
        inside, closing, _ = self.pattern[self.position + 1 :].partition("}")
        self._take(len(inside) + 1 + len(closing))
        first, comma, last = inside.partition(",")
        low = int(first) if first.isdigit() else 0
        high = int(last) if last.isdigit() else _MOST if comma else low
        return low, high
