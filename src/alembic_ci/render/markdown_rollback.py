"""The rollback tests of the summary: revisions one by one and all at once, and what had no rows."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from alembic_ci.model import (
    Difference,
    Phase,
    Report,
    RevisionProof,
    RollbackResult,
    RoundTrip,
    State,
    Verdict,
)
from alembic_ci.render.disproofs import BROKEN
from alembic_ci.render.escape import code, folded, html, html_code, prose
from alembic_ci.render.fit import Block, Section
from alembic_ci.render.markdown_cells import STATES, heading, line
from alembic_ci.render.rows import Row
from alembic_ci.render.words import VERDICTS, counted, lacking, populated, rollback, seconds

_FEW = 3
_MANY = 50
_ROWS = 200
_DIFFERENCES_SHOWN = 5
_TABLES_SHOWN = 50
_PHASES = {Phase.UP: "upgrade", Phase.DOWN: "downgrade", Phase.SECOND_UP: "second upgrade"}


def rollback_sections(
    report: Report, found: Sequence[Row], *, unfolded: int = _FEW
) -> Iterator[Section]:
    """Yield each database's rollback test; a long one tells only what is not plain success.

    Of more databases than *unfolded* each one is folded.
    """
    messages = {info.revision: info.message for info in report.revisions}
    attribute = " open" if len(found) <= unfolded else ""
    for row in found:
        if row.rollback and _worth_a_section(row.rollback):
            title = f"Rollback test of {html_code(row.name)}: {html(rollback(row.rollback))}"
            yield Section(
                heading=f"<details{attribute}>\n<summary>{title}</summary>\n\n"
                f"{_opening(row.rollback)}",
                blocks=tuple(_blocks(row.rollback, messages)),
                footing="\n</details>\n",
            )


def _worth_a_section(result: RollbackResult) -> bool:
    if result.proved_for:
        return False
    strayed = any(leg.state is not State.PASSED for leg in result.round_trip)
    return bool(_worth_showing(result.proofs) or result.unfilled or strayed)


def _worth_showing(proofs: Sequence[RevisionProof]) -> Sequence[RevisionProof]:
    if len(proofs) <= _MANY:
        return proofs
    return [
        proof
        for proof in proofs
        if proof.verdict is not Verdict.PASSED or proof.notices or proof.doubted
    ]


def _opening(result: RollbackResult) -> str:
    where = ", ".join(filter(None, (prose(result.scratch), populated(result))))
    said = f"Up, down, up on {where}.\n\n"
    if not _worth_showing(result.proofs):
        return said
    return said + heading("Revision", "Message", "Verdict", "Detail", "Time")


def _blocks(result: RollbackResult, messages: Mapping[str, str]) -> Iterator[Block]:
    shown = _worth_showing(result.proofs)
    for proof in shown[:_ROWS]:
        message = messages.get(proof.revision, "")
        yield Block(variants=(partial(_proof, proof, message),), noun="rollback row")
    rest = len(shown) - _ROWS
    if rest > 0:
        said = line("...", f"and {counted(rest, 'more revision')}", "", "", "")
        yield Block(variants=(lambda: said,), noun="rollback row")
    if result.round_trip:
        yield Block(variants=(partial(_round_trip, result.round_trip),), noun="round trip")
    if result.unfilled:
        yield Block(variants=(partial(_unfilled, result.unfilled),), noun="table list")


def _proof(proof: RevisionProof, message: str) -> str:
    return line(
        code(proof.revision),
        prose(message),
        _verdict(proof),
        _detail(proof),
        seconds(proof.duration),
    )


def _verdict(proof: RevisionProof) -> str:
    said = VERDICTS[proof.verdict]
    if proof.verdict is Verdict.FAILED and proof.phase:
        said = f"{_PHASES[proof.phase]} fails"
    if proof.verdict is Verdict.PASSED and proof.losses:
        said = f"{said}, loses data"
    return f"**{said}**" if proof.verdict in BROKEN else said


def _detail(proof: RevisionProof) -> str:
    said = [prose(proof.reason)] if proof.reason else []
    said += _told(proof.differences, "")
    said += _told(proof.losses, "**data loss:** ")
    said += _told(proof.duplicates, "**duplicates:** ")
    said += _told(proof.implicit, "**implicit default:** ")
    said += _told(proof.notices, "note: ")
    return "<br>".join(said)


def _round_trip(legs: Sequence[RoundTrip]) -> str:
    return f"\n{heading('All revisions', 'Result', 'Detail', 'Time')}{''.join(map(_leg, legs))}"


def _leg(leg: RoundTrip) -> str:
    problem = leg.problem.problem if leg.problem else ""
    said = _told(leg.differences, "") or [prose(leg.reason or problem)]
    time = "" if leg.state is State.SKIPPED else seconds(leg.duration)
    return line(prose(leg.name), STATES[leg.state], "<br>".join(said), time)


def _unfilled(tables: Sequence[Difference]) -> str:
    shown = [f"- {prose(item.text)}\n" for item in tables[:_TABLES_SHOWN]]
    rest = len(tables) - _TABLES_SHOWN
    if rest > 0:
        shown.append(f"- and {counted(rest, 'more table')}\n")
    return f"\n{folded(lacking(tables), ''.join(shown))}"


def _told(differences: Sequence[Difference], prefix: str) -> list[str]:
    shown = [prefix + prose(item.text) for item in differences[:_DIFFERENCES_SHOWN]]
    rest = len(differences) - _DIFFERENCES_SHOWN
    return [*shown, f"{prefix}and {rest:,} more"] if rest > 0 else shown
