"""The revision graph as a Mermaid diagram, which GitHub and GitLab draw inside Markdown.

Mermaid takes 50,000 characters and 500 edges (its `maxTextSize` and `maxEdges`, which GitHub leaves
as they are); GitLab draws what exceeds 2,000 characters only after a click.
"""

from collections.abc import Iterator, Sequence

from alembic_ci.model import Report, RollbackResult, Verdict
from alembic_ci.render.disproofs import BROKEN
from alembic_ci.render.revision_graph import Node, at_base, drawn
from alembic_ci.render.rows import rows
from alembic_ci.render.words import NAMES_SHOWN, one_line

_REVISIONS = (6, 4, 2)
_CHARACTERS = 1_900
_LABEL = 28
_PLAIN = frozenset(" .,:_/-")

_SPACING = '{"flowchart": {"rankSpacing": 28, "nodeSpacing": 16, "padding": 6}}'
_OPENING = f"%%{{init: {_SPACING}}}%%\nflowchart LR\n"
_STYLES = {
    "bad": "fill:#fdecea,stroke:#b3201f,color:#7a1413",
    "warn": "fill:#fdf3d8,stroke:#a86b00,color:#5c3a00",
    "good": "fill:#e5f5eb,stroke:#16693a,color:#0d4526",
    "quiet": "fill:#f2f4f7,stroke:#8a94a3,color:#1a1f26",
    "here": "fill:#1a1f26,stroke:#1a1f26,color:#ffffff",
}


def diagram(report: Report) -> str:
    """Return the last revisions and where each database stands, oldest on the left.

    It is empty when nothing is pending and nothing was done: there is nothing to see.
    """
    if not any(row.pending or row.applied or _proved(row.rollback) for row in rows(report)):
        return ""
    here = at_base(report)
    texts = (_drawn(drawn(report, number)[::-1], here) for number in _REVISIONS)
    return next((text for text in texts if len(text) <= _CHARACTERS), "")


def _proved(result: RollbackResult | None) -> bool:
    return result is not None and bool(result.proofs)


def label(text: str) -> str:
    """Return *text* as it may stand between quotes: Mermaid writes characters as ``#NN;``."""
    line = one_line(text)
    shown = line if len(line) <= _LABEL else f"{line[: _LABEL - 1].rstrip()}…"
    return "".join(
        letter if letter.isalnum() or letter in _PLAIN else f"#{ord(letter)};" for letter in shown
    )


def _drawn(nodes: Sequence[Node], here: Sequence[str]) -> str:
    names = {node.info.revision: f"r{number}" for number, node in enumerate(nodes)}
    lines = [f"  classDef {name} {style}\n" for name, style in _STYLES.items()]
    for node in nodes:
        lines += _node(node, names)
    if here and nodes:
        lines.append(f'  base(["{_listed(here)}"]):::here -.-> r0\n')
    return f"{_OPENING}{''.join(lines)}"


def _node(node: Node, names: dict[str, str]) -> Iterator[str]:
    name = names[node.info.revision]
    message = f"<br>{label(node.info.message)}" if node.info.message else ""
    yield f'  {name}["{label(node.info.revision)}{message}"]:::{_style(node)}\n'
    yield from _edges(node, names)
    if node.standing:
        yield f'  h{name}(["{_listed(node.standing)}"]):::here -.- {name}\n'


def _listed(databases: Sequence[str]) -> str:
    here = "<br>".join(map(label, databases[:NAMES_SHOWN]))
    rest = len(databases) - NAMES_SHOWN
    return f"{here}<br>and {rest:,} more" if rest > 0 else here


def _edges(node: Node, names: dict[str, str]) -> Iterator[str]:
    name = names[node.info.revision]
    between = f'|"{node.left_out:,} between"| ' if node.left_out and len(node.parents) == 1 else ""
    for parent in node.parents:
        yield f"  {names[parent]} -->{between or ' '}{name}\n"
    if node.left_out and not node.parents:
        yield f'  o{name}(["{node.left_out:,} older"]):::quiet -.-> {name}\n'


def _style(node: Node) -> str:
    if node.verdict in BROKEN:
        return "bad"
    if node.verdict is Verdict.IRREVERSIBLE:
        return "warn"
    return "good" if node.verdict is Verdict.PASSED else "quiet"
