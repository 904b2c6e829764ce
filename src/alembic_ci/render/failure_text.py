"""One failure as the terminal shows it: what, where, the database's words, what to do."""

import textwrap
from collections.abc import Iterator, Sequence

from alembic_ci.model import Problem
from alembic_ci.render.failure import Failure
from alembic_ci.render.style import Role, Style
from alembic_ci.render.words import (
    by_database,
    counted,
    database_message,
    listed,
    one_line,
    place,
    visible,
)

_WIDTH = 100
_LABEL_WIDTH = 11
_LINES_SHOWN = 20


def failure_text(failure: Failure, style: Style) -> str:
    """Return the block of one failure, its last line empty."""
    problem = failure.problem
    said = (
        ("", [place(problem.file, problem.line)] if problem.file else []),
        ("", _wrapped(problem.problem)),
        ("", _differences(failure)),
        ("", [f"- {one_line(line)}" for line in problem.evidence]),
        ("statement", _verbatim(problem.statement or "")),
        (
            "database" if by_database(problem) else "raised",
            _verbatim(database_message(problem.code, problem.database_error)),
        ),
        ("meaning", _wrapped(problem.meaning)),
        ("remedy", _wrapped(problem.remedy)),
        ("commands", list(_commands(problem))),
        ("output", _tail(problem.output)),
    )
    title = f"{style('FAILED'.ljust(_LABEL_WIDTH), Role.FAILED)}{whereabouts(failure)}"
    body = (line for label, lines in said for line in _labelled(label, lines, style))
    return "\n".join((title, *body)) + "\n"


def warning_text(warning: Failure, style: Style) -> str:
    """Return the block of something that fails nothing and may hurt."""
    return _aside(style("warning".ljust(_LABEL_WIDTH), Role.WARNING), warning, style)


def note_text(note: Failure, style: Style) -> str:
    """Return the block of something that fails nothing."""
    return _aside(style("note".ljust(_LABEL_WIDTH), Role.LABEL), note, style)


def _aside(title: str, aside: Failure, style: Style) -> str:
    problem = aside.problem
    spot = [place(problem.file, problem.line)] if problem.file else []
    seen = [f"- {one_line(line)}" for line in problem.evidence]
    said = (*spot, *_wrapped(problem.problem), *_differences(aside), *seen)
    lines = (*said, *_wrapped(problem.remedy), *_commands(problem))
    body = _labelled("", lines, style)
    return "\n".join((f"{title}{whereabouts(aside)}", *body)) + "\n"


def whereabouts(failure: Failure) -> str:
    """Name databases, step, leg and revision: ``staging, rollback-test, revision b2``."""
    where = listed([one_line(name) for name in failure.where], "database") or "the whole run"
    revision = failure.problem.revision
    named = f"revision {one_line(revision)}" if revision else ""
    return ", ".join(filter(None, (where, failure.step, failure.part, named)))


def told(failure: Failure) -> str:
    """Say what, in which objects, in the database's words, and what to do; a line for each."""
    problem = failure.problem
    said = (
        one_line(problem.problem),
        *(f"- {one_line(item.text)}" for item in failure.differences),
        database_message(problem.code, problem.database_error),
        one_line(problem.remedy),
    )
    return "\n".join(filter(None, said))


def _labelled(label: str, lines: Sequence[str], style: Style) -> Iterator[str]:
    for number, line in enumerate(lines):
        head = label.ljust(_LABEL_WIDTH) if number == 0 else " " * _LABEL_WIDTH
        yield (style(head, Role.LABEL) + line).rstrip()


def _commands(problem: Problem) -> Iterator[str]:
    """Yield each command on lines of its own, unwrapped, so that it can be copied."""
    for command in problem.commands:
        if command.purpose:
            yield f"{one_line(command.purpose)}:"
        yield from (f"  {line}" for line in visible(command.text).splitlines())


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        one_line(text),
        _WIDTH - _LABEL_WIDTH,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _differences(failure: Failure) -> list[str]:
    shown = [f"- {one_line(item.text)}" for item in failure.differences[:_LINES_SHOWN]]
    rest = len(failure.differences) - _LINES_SHOWN
    return [*shown, f"- and {rest:,} more"] if rest > 0 else shown


def _verbatim(text: str) -> list[str]:
    lines = visible(text).splitlines()
    rest = len(lines) - _LINES_SHOWN
    return [*lines[:_LINES_SHOWN], f"(and {counted(rest, 'more line')})"] if rest > 0 else lines


def _tail(text: str) -> list[str]:
    lines = visible(text).splitlines()
    rest = len(lines) - _LINES_SHOWN
    left_out = f"({counted(rest, 'line')} before)"
    return [left_out, *lines[-_LINES_SHOWN:]] if rest > 0 else lines
