"""Read the tokens of one statement from the front, word by word."""

from collections.abc import Iterator, Sequence

from alembic_ci.statements.tokens import Shape, Token

_EXISTENCE = (("IF", "NOT", "EXISTS"), ("IF", "EXISTS"))
_DEPTH = {"(": 1, "[": 1, ")": -1, "]": -1}


class Reader:
    """Where somebody stands in a statement's tokens."""

    def __init__(self, parts: Sequence[Token]) -> None:
        self._parts = parts
        self._at = 0

    @property
    def word(self) -> str:
        """The keyword here, or ``""``."""
        return self._parts[self._at].word if self._at < len(self._parts) else ""

    @property
    def sign(self) -> str:
        """The sign here, or ``""``."""
        here = self._parts[self._at] if self._at < len(self._parts) else None
        return here.text if here is not None and here.shape is Shape.SIGN else ""

    @property
    def rest(self) -> Sequence[Token]:
        """What is left."""
        return self._parts[self._at :]

    def take(self, *words: str) -> bool:
        """Go past *words* if they stand here in this order."""
        if self.word != words[0]:
            return False
        here = self._parts[self._at : self._at + len(words)]
        if tuple(token.word for token in here) != words:
            return False
        self._at += len(words)
        return True

    def any(self, *words: str) -> str:
        """Go past one of *words* and return it; ``""`` if another stands here."""
        word = self.word
        if word not in words:
            return ""
        self._at += 1
        return word

    def next(self) -> str:
        """Go past whatever is here and return its keyword, if it is one."""
        word = self.word
        self._at += 1
        return word

    def skip(self, *words: str) -> None:
        """Go past all of *words* in whatever order they come."""
        while self.any(*words):
            pass

    def skip_existence(self) -> None:
        """Go past IF EXISTS or IF NOT EXISTS."""
        for words in _EXISTENCE:
            if self.take(*words):
                return

    def name(self) -> str:
        """Go past a name and return it without quotes: ``shop.orders``; ``""`` if none is here."""
        names = []
        while self._at < len(self._parts) and self._parts[self._at].name:
            names.append(self._parts[self._at].name)
            self._at += 1
            if self.sign != ".":
                break
            self._at += 1
        return ".".join(names)

    def names(self) -> tuple[str, ...]:
        """Go past names with commas between them."""
        found = [self.name()]
        while self.sign == ",":
            self._at += 1
            self.take("ONLY")
            found.append(self.name())
        return tuple(name for name in found if name)

    def has(self, *words: str) -> bool:
        """Tell whether *words* follow in this order anywhere, outside of parentheses."""
        found = [token.word for token in outside(self.rest)]
        return any(tuple(found[index : index + len(words)]) == words for index in range(len(found)))

    def after(self, *words: str) -> "Reader":
        """Return a reader of what follows *words* outside of parentheses; empty if they do not."""
        seen: list[Token] = []
        for index, token, depth in depths(self.rest):
            seen = [*seen[-len(words) + 1 :], token] if len(words) > 1 else [token]
            if depth == 0 and tuple(item.word for item in seen) == words:
                return Reader(self.rest[index + 1 :])
        return Reader(())

    def inner(self) -> "Reader":
        """Go past parentheses and return a reader of what is in them."""
        found: list[Token] = []
        for index, token, depth in depths(self.rest):
            if index and depth == 0:
                break
            found.append(token)
        self._at += len(found) + 1
        return Reader(found[1:])

    def clauses(self) -> Iterator["Reader"]:
        """Yield a reader for each part of the rest between commas outside of parentheses."""
        clause: list[Token] = []
        for _, token, depth in depths(self.rest):
            if token.text == "," and depth == 0:
                yield Reader(clause)
                clause = []
            else:
                clause.append(token)
        yield Reader(clause)


def depths(parts: Sequence[Token]) -> Iterator[tuple[int, Token, int]]:
    """Yield index, token and how many parentheses are open around it."""
    depth = 0
    for index, token in enumerate(parts):
        change = _DEPTH.get(token.text, 0) if token.shape is Shape.SIGN else 0
        depth += min(change, 0)
        yield index, token, depth
        depth += max(change, 0)


def outside(parts: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens outside of parentheses."""
    return (token for _, token, depth in depths(parts) if depth == 0)
