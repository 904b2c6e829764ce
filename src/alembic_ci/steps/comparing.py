"""Tell whether the SQL that Alembic renders offline is what runs, whatever the spelling.

A driver writes some values differently, adds casts, and sends many rows as one statement; none of
that is a difference. Values are: offline mode writes NULL for parameters of
``op.get_bind().execute()``, raw bytes, and spaces for tabs.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

from alembic_ci.model import Divergence
from alembic_ci.project.executions import Execution
from alembic_ci.project.offline import Line
from alembic_ci.project.reads import only_reads
from alembic_ci.steps.alike import Words, parenthesised, words
from alembic_ci.urls import Dialect

_PAIR = (("COMMIT",), ("BEGIN",))


def divergence(
    rendered: Sequence[Line], ran: Sequence[Execution], dialect: Dialect
) -> Divergence | None:
    """Return the first statement that is rendered and does not run so, or the other way round."""
    captured = [Line(text=text, line=item.line) for item in ran for text in item.texts]
    if [_bare(line.text) for line in rendered] == [_bare(line.text) for line in captured]:
        return None
    pairs = zip_longest(_statements(rendered, dialect), _statements(captured, dialect))
    for left, right in pairs:
        if left is None or right is None or left[0] != right[0]:
            line = next((one[1].line for one in (right, left) if one and one[1].line), None)
            return Divergence(
                offline=_bare(left[1].text) if left else "",
                captured=_bare(right[1].text) if right else "",
                line=line,
            )
    return None


def _bare(text: str) -> str:
    return text.strip().rstrip("; \t\r\n")


def _statements(lines: Sequence[Line], dialect: Dialect) -> Iterator[tuple[Words, Line]]:
    """Yield statements as comparable words, rows one by one, without reads and idle commits."""
    found = [
        (row, line)
        for line in lines
        if not only_reads(line.text)
        for row in _rows(words(_bare(line.text), dialect))
        if row
    ]
    pairs = enumerate(pairwise(found))
    idle = {number for number, (one, two) in pairs if (one[0], two[0]) == _PAIR}
    yield from (item for number, item in enumerate(found) if not idle & {number, number - 1})


def _rows(statement: Words) -> Iterator[Words]:
    """Yield an INSERT of several rows as one for each; what it returns changes nothing."""
    upper = [word.upper() for word in statement]
    if upper[:1] != ["INSERT"] or "VALUES" not in upper:
        yield statement
        return
    if "RETURNING" in upper:
        statement = statement[: upper.index("RETURNING")]
    start = upper.index("VALUES") + 1
    rows = list(_values(statement[start:]))
    rest = statement[start + rows[-1][1] + 1 :] if rows else ()
    for begun, ended in rows or [(0, len(statement))]:
        yield (*statement[:start], *statement[start + begun : start + ended + 1], *rest)


def _values(following: Words) -> Iterator[tuple[int, int]]:
    """Yield where each row begins and ends; ON CONFLICT (id) is none."""
    last = -1
    for begun, ended in parenthesised(following):
        if following[last + 1 : begun] not in {(), (",",)}:
            return
        yield begun, ended
        last = ended
