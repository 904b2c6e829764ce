"""Everything the run found out about one revision, from all databases together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alembic_ci.model import Direction, Phase, Report, RevisionInfo, RevisionProof, Verdict
from alembic_ci.render.disproofs import BROKEN, compared_after
from alembic_ci.render.html.scripts import Scripts
from alembic_ci.render.html.tones import Tone
from alembic_ci.render.rows import Row
from alembic_ci.render.words import VERDICTS

_PHASES = {Phase.UP: "upgrade", Phase.DOWN: "downgrade", Phase.SECOND_UP: "second upgrade"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One proof, and the databases on which it came out alike."""

    names: tuple[str, ...]
    proof: RevisionProof

    @property
    def word(self) -> str:
        """Say the verdict: ``rolls back``, ``downgrade fails``."""
        if self.proof.verdict is Verdict.FAILED and self.proof.phase:
            return f"{_PHASES[self.proof.phase]} fails"
        return VERDICTS[self.proof.verdict]

    @property
    def sides(self) -> tuple[str, str]:
        """Name the two moments whose schemas were compared."""
        if compared_after(self.proof) is Phase.SECOND_UP:
            return "After the first upgrade", "After the second upgrade"
        return "Before the upgrade", "After the downgrade"

    @property
    def doubts(self) -> str:
        """Say what a verdict leaves out: ``loses data``, ``would fail on duplicates``."""
        losing = "loses data" if self.proof.losses else ""
        failing = "would fail on duplicates" if self.proof.duplicates else ""
        filling = "rows get a value that nobody chose" if self.proof.implicit else ""
        return ", ".join(filter(None, (losing, failing, filling)))

    @property
    def tone(self) -> Tone:
        """Return the colour of the verdict."""
        if self.proof.verdict in BROKEN:
            return Tone.BAD
        if self.proof.verdict is Verdict.IRREVERSIBLE or self.doubts:
            return Tone.WARN
        return Tone.GOOD if self.proof.verdict is Verdict.PASSED else Tone.QUIET


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One revision; *environments* are those that have anything to do with it, by number."""

    anchor: str
    revision: str
    info: RevisionInfo | None
    judgements: tuple[Judgement, ...]
    scripts: tuple[Scripts, ...]
    applied: tuple[str, ...]
    taken_back: tuple[str, ...]
    pending: tuple[str, ...]
    environments: tuple[int, ...]

    @property
    def tone(self) -> Tone:
        """Return the most telling colour of all verdicts."""
        seen = {judgement.tone for judgement in self.judgements}
        scripts = [script for same in self.scripts for script in same.both]
        if any(script.rendered and script.rendered.problem for script in scripts):
            seen.add(Tone.WARN)
        order = (Tone.BAD, Tone.WARN, Tone.GOOD)
        return next((tone for tone in order if tone in seen), Tone.QUIET)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What one database has to do with revisions, ready to be looked up."""

    name: str
    environment: int
    proofs: Mapping[str, RevisionProof]
    rendered: frozenset[str]
    applied: frozenset[str]
    taken_back: frozenset[str]
    pending: frozenset[str]

    def revisions(self) -> frozenset[str]:
        return self.rendered | self.applied | self.taken_back | self.proofs.keys()


def cards(
    report: Report, found: Sequence[Row], scripts: Mapping[str, tuple[Scripts, ...]]
) -> tuple[Card, ...]:
    """Return a card for each revision that was rendered, tested or run, oldest first."""
    infos = {info.revision: info for info in report.revisions}
    sights = [(sight, sight.revisions()) for sight in _sights(found)]
    named = frozenset[str]().union(*(names for _, names in sights))
    ordered = [*infos, *sorted(named - infos.keys())]
    concerned = [(name, [sight for sight, names in sights if name in names]) for name in ordered]
    return tuple(
        Card(
            anchor=f"revision-{number}",
            revision=name,
            info=infos.get(name),
            judgements=_judgements(name, seen),
            scripts=scripts.get(name, ()),
            applied=tuple(sight.name for sight in seen if name in sight.applied),
            taken_back=tuple(sight.name for sight in seen if name in sight.taken_back),
            pending=tuple(sight.name for sight in seen if name in sight.pending),
            environments=tuple(sorted({sight.environment for sight in seen})),
        )
        for number, (name, seen) in enumerate((one for one in concerned if one[1]), 1)
    )


def environment_names(found: Sequence[Row]) -> tuple[str, ...]:
    """Return each environment once; cards number them in this order."""
    return tuple(dict.fromkeys(row.environment for row in found))


def _sights(found: Sequence[Row]) -> Iterator[_Sight]:
    names = environment_names(found)
    for row in found:
        yield _Sight(
            name=row.name,
            environment=names.index(row.environment),
            proofs={
                proof.revision: proof for proof in (row.rollback.proofs if row.rollback else ())
            },
            rendered=frozenset(item.revision for item in (row.sql.revisions if row.sql else ())),
            applied=_run(row, Direction.UP),
            taken_back=_run(row, Direction.DOWN),
            pending=frozenset(row.pending or ()),
        )


def _run(row: Row, direction: Direction) -> frozenset[str]:
    changes = (change for change in row.changes if change.direction is direction)
    return frozenset(name for change in changes for name in change.applied)


def _judgements(revision: str, seen: Sequence[_Sight]) -> tuple[Judgement, ...]:
    """Return the proofs, those that differ in nothing but the time they took as one."""
    alike: dict[RevisionProof, list[tuple[str, RevisionProof]]] = {}
    for sight in seen:
        proof = sight.proofs.get(revision)
        if proof:
            alike.setdefault(replace(proof, duration=0.0), []).append((sight.name, proof))
    return tuple(
        Judgement(names=tuple(name for name, _ in same), proof=same[0][1])
        for same in alike.values()
    )
