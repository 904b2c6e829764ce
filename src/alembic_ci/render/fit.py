"""Make a document fit its host: the most useful comes first, what no longer fits is counted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from alembic_ci.render.words import counted

_RESERVED = 400
# After so many blocks of a section that did not fit, the rest is not even tried.
_PATIENCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a document in several variants, the richest first; *noun* is what it tells of.

    Variants are calls, for of two hundred thousand failures only some hundreds are ever written.
    """

    variants: tuple[Callable[[], str], ...]
    noun: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Blocks between a heading and a footing, both left out when no block fits."""

    heading: str
    blocks: tuple[Block, ...]
    footing: str = ""


@dataclass(slots=True)
class _Budget:
    """Bytes still to be spent, and what they did not suffice for."""

    left: int
    shortened: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    def spend(self, text: str) -> bool:
        size = len(text.encode())
        if size > self.left:
            return False
        self.left -= size
        return True


def fitted(opening: str, sections: Sequence[Section], *, limit: int) -> str:
    """Return *opening* and as much of the sections as *limit* bytes of UTF-8 hold.

    The limit counts bytes, so it holds for characters and UTF-16 units too. What was shortened or
    left out is said at the end.
    """
    start = cut(opening, limit)
    budget = _Budget(max(0, limit - len(start.encode()) - _RESERVED))
    body = "".join(piece for section in sections for piece in _chosen(section, budget))
    return cut(start + body + _said(budget), limit)


def cut(text: str, limit: int) -> str:
    """Cut *text* to *limit* bytes of UTF-8 without splitting a character."""
    return text.encode()[: max(0, limit)].decode(errors="ignore")


def _chosen(section: Section, budget: _Budget) -> Iterator[str]:
    frame = f"\n{section.heading}", section.footing
    if not budget.spend("".join(frame)):
        for block in section.blocks:
            _count(budget.left_out, block)
        return
    pieces = list(_affordable(section.blocks, budget))
    if pieces:
        yield from (frame[0], *pieces, frame[1])


def _affordable(blocks: Iterable[Block], budget: _Budget) -> Iterator[str]:
    misses = 0
    for block in blocks:
        attempts = block.variants if misses < _PATIENCE else ()
        texts = enumerate(variant() for variant in attempts)
        rank, fitting = next(((n, text) for n, text in texts if budget.spend(text)), (-1, ""))
        if rank < 0:
            misses += 1
            _count(budget.left_out, block)
            continue
        if rank > 0:
            _count(budget.shortened, block)
        yield fitting


def _count(counts: dict[str, int], block: Block) -> None:
    counts[block.noun] = counts.get(block.noun, 0) + 1


def _said(budget: _Budget) -> str:
    parts = [
        f"{verb} {', '.join(counted(number, noun) for noun, number in counts.items())}"
        for verb, counts in (("left out", budget.left_out), ("shortened", budget.shortened))
        if counts
    ]
    if not parts:
        return ""
    return (
        f"\n_To stay within the size limit, we {' and '.join(parts)}; report.json has them all._\n"
    )
