"""The part of the revision graph worth drawing, and where each database stands in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.model import Report, RevisionInfo, Verdict
from alembic_ci.render.disproofs import BROKEN
from alembic_ci.render.rows import Row, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One revision of the drawing.

    *parents* are the nearest revisions below it that are drawn. *left_out* counts the revisions
    between it and the next older one drawn, *broken_off* tells that older ones are not known here.
    """

    info: RevisionInfo
    parents: tuple[str, ...]
    standing: tuple[str, ...]
    verdict: Verdict | None
    pending: bool
    head: bool
    left_out: int = 0
    broken_off: bool = False


def drawn(report: Report, limit: int) -> tuple[Node, ...]:
    """Return at most *limit* revisions, newest first: those that matter, then the newest."""
    infos = report.revisions
    found = rows(report)
    facts = _Facts.of(report, found)
    kept = _kept(infos, facts, limit)
    shown = _shown_below(infos, kept)
    nodes: list[Node] = []
    skipped = 0
    for info in infos:
        if info.revision not in kept:
            skipped += 1
            continue
        nodes.append(_node(info, facts, shown, skipped))
        skipped = 0
    return tuple(reversed(nodes))


def at_base(report: Report) -> tuple[str, ...]:
    """Return the databases that stand before the first revision."""
    return tuple(row.name for row in rows(report) if row.current == ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the run says of each revision."""

    standing: Mapping[str, tuple[str, ...]]
    verdicts: Mapping[str, Verdict]
    pending: frozenset[str]
    heads: frozenset[str]
    known: frozenset[str]

    @classmethod
    def of(cls, report: Report, found: Sequence[Row]) -> "_Facts":
        needed = {p for i in report.revisions for p in (*i.down_revisions, *i.depends_on)}
        known = frozenset(info.revision for info in report.revisions)
        return cls(
            standing=_standing(found),
            verdicts=_verdicts(found),
            pending=frozenset(name for row in found for name in row.pending or ()),
            heads=known - needed,
            known=known,
        )


def _standing(found: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    standing: dict[str, list[str]] = {}
    for row in found:
        for revision in row.current or ():
            standing.setdefault(revision, []).append(row.name)
    return {revision: tuple(names) for revision, names in standing.items()}


def _verdicts(found: Sequence[Row]) -> dict[str, Verdict]:
    """Return the worst verdict on each revision."""
    order = (*BROKEN, Verdict.IRREVERSIBLE, Verdict.PASSED, Verdict.NOT_RUN)
    verdicts: dict[str, Verdict] = {}
    for row in found:
        for proof in row.rollback.proofs if row.rollback else ():
            known = verdicts.get(proof.revision, Verdict.NOT_RUN)
            verdicts[proof.revision] = min(known, proof.verdict, key=order.index)
    return verdicts


def _kept(infos: Sequence[RevisionInfo], facts: _Facts, limit: int) -> frozenset[str]:
    """Choose by what matters: where databases stand, what is broken, heads, forks; then by age."""
    children: dict[str, int] = {}
    for info in infos:
        for parent in info.down_revisions:
            children[parent] = children.get(parent, 0) + 1
    reasons: tuple[Callable[[RevisionInfo], bool], ...] = (
        lambda info: info.revision in facts.standing,
        lambda info: facts.verdicts.get(info.revision) in BROKEN,
        lambda info: info.revision in facts.heads,
        lambda info: info.revision in facts.pending,
        lambda info: len(info.down_revisions) > 1 or children.get(info.revision, 0) > 1,
        lambda _: True,
    )
    chosen: dict[str, None] = {}
    for reason in reasons:
        chosen |= dict.fromkeys(info.revision for info in reversed(infos) if reason(info))
    return frozenset(list(chosen)[:limit])


def _shown_below(infos: Sequence[RevisionInfo], kept: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return for each revision the drawn ones that stand for it: itself, or those below it."""
    shown: dict[str, tuple[str, ...]] = {}
    for info in infos:
        below = (name for parent in _below(info) for name in shown.get(parent, ()))
        shown[info.revision] = (
            (info.revision,) if info.revision in kept else tuple(dict.fromkeys(below))
        )
    return shown


def _below(info: RevisionInfo) -> Iterator[str]:
    yield from info.down_revisions
    yield from info.depends_on


def _node(
    info: RevisionInfo, facts: _Facts, shown: Mapping[str, tuple[str, ...]], skipped: int
) -> Node:
    parents = (name for parent in _below(info) for name in shown.get(parent, ()))
    return Node(
        info=info,
        parents=tuple(dict.fromkeys(parents)),
        standing=facts.standing.get(info.revision, ()),
        verdict=facts.verdicts.get(info.revision),
        pending=info.revision in facts.pending,
        head=info.revision in facts.heads,
        left_out=skipped,
        broken_off=any(parent not in facts.known for parent in info.down_revisions),
    )
