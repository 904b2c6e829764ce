"""The failures of the summary: what, where, the database's words, what to do."""

from collections.abc import Iterator, Sequence
from functools import partial

from alembic_ci.model import Difference, Problem, Report
from alembic_ci.render.disproofs import UNFILLED
from alembic_ci.render.escape import code, fenced, folded, prose
from alembic_ci.render.failure import Failure
from alembic_ci.render.failures import failures, notes, warnings
from alembic_ci.render.fit import Block, Section
from alembic_ci.render.words import by_database, counted, database_message, listed, place

_IN_FULL = 25
_IN_ALL = 200
_DIFFERENCES_SHOWN = 20
_CHARACTERS_SHOWN = 8_000


def failure_section(report: Report) -> Iterator[Section]:
    """Yield the failures: the first in full, some as one line each, the rest as their number."""
    met = failures(report)
    if met:
        blocks = [_block(failure, number) for number, failure in enumerate(met[:_IN_ALL])]
        blocks += _rest(met, "failure")
        yield Section(heading="### What failed\n\n", blocks=tuple(blocks))


def note_section(report: Report) -> Iterator[Section]:
    """Yield what fails nothing and is worth knowing, the warnings first."""
    warned, noted = warnings(report), notes(report)
    blocks = [_warning_block(warning) for warning in warned[:_IN_ALL]]
    blocks += _rest(warned, "warning")
    blocks += [
        Block(variants=(partial(_note, note), partial(_line, note)), noun="note")
        for note in noted[:_IN_ALL]
    ]
    blocks += _rest(noted, "note")
    if blocks:
        yield Section(heading="### Notes\n\n", blocks=tuple(blocks))


def _block(failure: Failure, number: int) -> Block:
    full, line = partial(_full, failure), partial(_line, failure)
    return Block(variants=(line,) if number >= _IN_FULL else (full, line), noun="failure")


def _warning_block(warning: Failure) -> Block:
    """Return a warning; the tables without rows are listed where the test itself is shown."""
    short = partial(_warning_line, warning)
    listed_elsewhere = warning.problem.failure_class == UNFILLED
    variants = (short,) if listed_elsewhere else (partial(_listing, warning), short)
    return Block(variants=variants, noun="warning")


def _rest(met: Sequence[Failure], noun: str) -> Iterator[Block]:
    rest = len(met) - _IN_ALL
    if rest > 0:
        line = f"- and {counted(rest, f'more {noun}')}, all in report.json\n"
        yield Block(variants=(lambda: line,), noun=noun)


def _line(failure: Failure) -> str:
    return f"- {_sentence(failure)}\n"


def _warning_line(warning: Failure) -> str:
    return f"- **Warning:** {_sentence(warning)}\n"


def _listing(warning: Failure) -> str:
    """Show a warning with what it lists, as a list within the list."""
    items = _differences(warning.differences).splitlines()
    return _warning_line(warning) + "".join(f"  {item}\n" for item in items)


def _note(note: Failure) -> str:
    """Show a note with what was seen and what to type, as a list within the list."""
    seen = "".join(f"  - {prose(line)}\n" for line in note.problem.evidence[:_DIFFERENCES_SHOWN])
    return _line(note) + seen + "".join(f"  - {code(c.text)}\n" for c in note.problem.commands)


def _evidence(problem: Problem) -> str:
    return "\n".join(f"- {prose(line)}" for line in problem.evidence)


def _commands(problem: Problem) -> Iterator[str]:
    for command in problem.commands:
        title = f"{prose(command.purpose)}:" if command.purpose else ""
        yield _quoted(title, command.text, command.language.value)


def _sentence(failure: Failure) -> str:
    problem = failure.problem
    said = " ".join(filter(None, (problem.problem, problem.remedy)))
    return f"{_whereabouts(failure)}: {prose(said)}"


def _full(failure: Failure) -> str:
    problem = failure.problem
    message = database_message(problem.code, problem.database_error)
    remedy = f"**What to do:** {prose(problem.remedy)}" if problem.remedy else ""
    parts = (
        f"#### {_whereabouts(failure)}",
        prose(problem.problem),
        _differences(failure.differences),
        _evidence(problem),
        _quoted("The database said:" if by_database(problem) else "It raised:", message, "text"),
        _quoted("Statement:", problem.statement or "", "sql"),
        prose(problem.meaning),
        remedy,
        *_commands(problem),
        _output(problem.output),
    )
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n\n"


def _whereabouts(failure: Failure) -> str:
    problem = failure.problem
    where = listed([code(name) for name in failure.where], "database") or "The whole run"
    revision = f"revision {code(problem.revision)}" if problem.revision else ""
    spot = code(place(problem.file, problem.line)) if problem.file else ""
    return ", ".join(part for part in (where, failure.step, failure.part, revision, spot) if part)


def _differences(differences: Sequence[Difference]) -> str:
    shown = [f"- {prose(item.text)}" for item in differences[:_DIFFERENCES_SHOWN]]
    rest = len(differences) - _DIFFERENCES_SHOWN
    return "\n".join([*shown, f"- and {rest:,} more"] if rest > 0 else shown)


def _quoted(label: str, text: str, language: str) -> str:
    if not text:
        return ""
    whole = len(text) <= _CHARACTERS_SHOWN
    shown = text if whole else f"{text[:_CHARACTERS_SHOWN]}\n(cut here; report.json has it all)"
    return f"{label}\n\n{fenced(shown, language)}".lstrip("\n")


def _output(text: str) -> str:
    if not text:
        return ""
    return folded("What env.py printed", fenced(text[-_CHARACTERS_SHOWN:]))
