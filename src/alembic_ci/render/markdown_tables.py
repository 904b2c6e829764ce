"""The tables of the summary: one row a database, one row a revision."""

from collections.abc import Iterator, Sequence
from functools import partial

from alembic_ci.model import Difference, Phase, Report, RevisionProof, State, Verdict
from alembic_ci.render.escape import code, html, html_code, prose
from alembic_ci.render.failures import BROKEN
from alembic_ci.render.fit import Block, Section
from alembic_ci.render.rows import Row
from alembic_ci.render.words import VERDICTS, counted, rollback, seconds

_FEW = 3
_MANY = 50
_ROWS = 200
_DIFFERENCES_SHOWN = 5
_STATES = {State.PASSED: "passed", State.FAILED: "**failed**", State.SKIPPED: "skipped"}
_PHASES = {Phase.UP: "upgrade", Phase.DOWN: "downgrade", Phase.SECOND_UP: "second upgrade"}


def database_section(found: Sequence[Row]) -> Section:
    """Return the table of the databases; of many, those that failed come first."""
    ordered = sorted(found, key=_failed_first) if len(found) > _MANY else found
    return Section(
        heading=_heading("Database", "Result", "Revision", "Pending", "Rollback", "SQL", "Time"),
        blocks=tuple(
            Block(variants=(partial(_database, row),), noun="database") for row in ordered
        ),
    )


def proof_sections(report: Report, found: Sequence[Row]) -> Iterator[Section]:
    """Yield each database's rollback test; a long one tells only what is not plain success."""
    messages = {info.revision: info.message for info in report.revisions}
    attribute = " open" if len(found) <= _FEW else ""
    for row in found:
        shown = _worth_showing(row.rollback.proofs) if row.rollback else ()
        if row.rollback and shown:
            title = f"Rollback test of {html_code(row.name)}: {html(rollback(row.rollback))}"
            where = f"Up, down, up on {prose(row.rollback.scratch)}.\n\n"
            table = _heading("Revision", "Message", "Verdict", "Detail", "Time")
            blocks = [_proof(proof, messages) for proof in shown[:_ROWS]]
            yield Section(
                heading=f"<details{attribute}>\n<summary>{title}</summary>\n\n{where}{table}",
                blocks=(*blocks, *_rest(shown)),
                footing="\n</details>\n",
            )


def _rest(proofs: Sequence[RevisionProof]) -> Iterator[Block]:
    rest = len(proofs) - _ROWS
    if rest > 0:
        line = _line("...", f"and {counted(rest, 'more revision')}", "", "", "")
        yield Block(variants=(lambda: line,), noun="rollback row")


def _failed_first(row: Row) -> int:
    return (State.FAILED, State.SKIPPED, State.PASSED).index(row.state)


def _database(row: Row) -> str:
    protected = " (protected)" if row.protected else ""
    return _line(
        code(row.name) + protected,
        _STATES[row.state],
        _way(row),
        "?" if row.pending is None else f"{len(row.pending):,}",
        prose(rollback(row.rollback)) if row.rollback else "",
        code(row.sql.upgrade_path) if row.sql else "",
        seconds(row.duration) if row.steps else "",
    )


def _way(row: Row) -> str:
    """Show ``before → current (target)``, leaving out what repeats."""
    if row.current is None:
        return "?"
    stops = [_codes(row.current)]
    if row.before is not None and row.before != row.current:
        stops.insert(0, _codes(row.before))
    way = " → ".join(stops)
    target = row.target
    return (
        way
        if target is None or set(target) == set(row.current)
        else f"{way}, target {_codes(target)}"
    )


def _codes(revisions: Sequence[str]) -> str:
    return ", ".join(map(code, revisions)) or "base"


def _worth_showing(proofs: Sequence[RevisionProof]) -> Sequence[RevisionProof]:
    if len(proofs) <= _MANY:
        return proofs
    return [proof for proof in proofs if proof.verdict is not Verdict.PASSED or proof.notices]


def _proof(proof: RevisionProof, messages: dict[str, str]) -> Block:
    message = messages.get(proof.revision, "")
    return Block(variants=(partial(_proof_line, proof, message),), noun="rollback row")


def _proof_line(proof: RevisionProof, message: str) -> str:
    return _line(
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
    return f"**{said}**" if proof.verdict in BROKEN else said


def _detail(proof: RevisionProof) -> str:
    said = [prose(proof.reason)] if proof.reason else []
    said += _told(proof.differences, "")
    said += _told(proof.notices, "note: ")
    return "<br>".join(said)


def _told(differences: Sequence[Difference], prefix: str) -> list[str]:
    shown = [prefix + prose(item.text) for item in differences[:_DIFFERENCES_SHOWN]]
    rest = len(differences) - _DIFFERENCES_SHOWN
    return [*shown, f"and {counted(rest, 'more difference')}"] if rest > 0 else shown


def _heading(*cells: str) -> str:
    return _line(*cells) + _line(*("---" for _ in cells))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
