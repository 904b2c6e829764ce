"""The revision graph of the page: rows of revisions beside the lanes that connect them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.model import Report, Verdict
from alembic_ci.render.disproofs import BROKEN
from alembic_ci.render.html.cards import Card
from alembic_ci.render.html.lanes import Dot, Drawing, drawing
from alembic_ci.render.html.tones import Tone
from alembic_ci.render.revision_graph import Node, at_base, drawn
from alembic_ci.render.words import VERDICTS

_SHOWN = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: a revision, or where *node* is None the number of those left out there."""

    node: Node | None
    left_out: int = 0
    tone: Tone = Tone.QUIET
    word: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The rows, newest first, and the drawing beside them; each dot has its line.

    *at_base* are the databases that stand before the first revision.
    """

    lines: tuple[Line, ...]
    drawing: Drawing
    dots: tuple[tuple[Dot, Line], ...]
    left_out: int
    at_base: tuple[str, ...]


def graph(report: Report, cards: Sequence[Card]) -> Graph:
    """Return the part of the history that matters to this run."""
    nodes = drawn(report, _SHOWN)
    by_revision = {card.revision: card for card in cards}
    lines = tuple(_lines(nodes, by_revision))
    rows = [number for number, line in enumerate(lines) if line.node]
    made = drawing(nodes, rows)
    shown = [line for line in lines if line.node]
    return Graph(
        lines=lines,
        drawing=made,
        dots=tuple(zip(made.dots, shown, strict=True)),
        left_out=len(report.revisions) - len(nodes),
        at_base=at_base(report),
    )


def _lines(nodes: Sequence[Node], cards: Mapping[str, Card]) -> Iterator[Line]:
    for node in nodes:
        card = cards.get(node.info.revision)
        yield Line(
            node=node,
            tone=_tone(node, card),
            word=_word(node, card),
            anchor=card.anchor if card else "",
        )
        if node.left_out:
            yield Line(node=None, left_out=node.left_out)


def _tone(node: Node, card: Card | None) -> Tone:
    if card and card.tone is not Tone.QUIET:
        return card.tone
    if node.verdict in BROKEN:
        return Tone.BAD
    return Tone.QUIET


def _word(node: Node, card: Card | None) -> str:
    """Say the verdict that the colour stands for; of several the first, the rest is in the card."""
    told = (
        [judgement.word for judgement in card.judgements if judgement.tone is card.tone]
        if card
        else []
    )
    if told:
        return told[0]
    if node.verdict not in (None, Verdict.NOT_RUN):
        return VERDICTS[node.verdict]
    return "pending" if node.pending else ""
