"""Foreign text inside Markdown: a name may hold a pipe, a backtick or a tag, and stays a name.

The rules are those of GitHub's dialect (https://github.github.com/gfm/), which GitLab shares.
"""

import re
from collections.abc import Iterator

from alembic_ci.render.words import one_line, visible

# What a code span cannot hold inside a table: it has no escapes, and a pipe ends the cell.
_NOT_IN_CODE = re.compile(r"[`|\\]")
_PUNCTUATION = re.compile(r"[^\w\s.,:/-]")
_ACTIVE = re.compile(r"[\\`*\[\]|~<>&$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<!\w)@(?=\w)")
_NOT_BY_BACKSLASH = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "$": "<span>$</span>",  # GitHub's own way to keep a dollar sign from opening a formula
    "@": "@<!-- -->",  # a mention is looked for after backslashes and entities are gone
}
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_OPENS_A_BLOCK = re.compile(r"^(\d*)([#+=.)-])")
_BACKTICKS = re.compile(r"`+")


def code(text: str) -> str:
    """Show a name or an id as code, in a table, a sentence or a heading."""
    line = one_line(text)
    if not line:
        return "<code>&nbsp;</code>"
    return html_code(line) if _NOT_IN_CODE.search(line) else f"`{line}`"


def html(text: str) -> str:
    """Show a sentence where Markdown is not read, as in ``<summary>``."""
    return _PUNCTUATION.sub(_entity, one_line(text))


def html_code(text: str) -> str:
    """Show a name or an id as code where Markdown is not read, as in ``<summary>``."""
    return f"<code>{html(text)}</code>"


def prose(text: str) -> str:
    """Show a sentence as it is: no emphasis, tags, lists, mentions or formulas, only code."""
    return _OPENS_A_BLOCK.sub(r"\1\\\2", "".join(_pieces(one_line(text))))


def fenced(text: str, language: str = "text") -> str:
    """Show a block as it is, within a fence longer than any run of backticks in it."""
    shown = visible(text).rstrip("\n")
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}\n"


def folded(summary: str, body: str) -> str:
    """Hide *body* under a line of HTML that opens it."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n</details>\n"


def _pieces(text: str) -> Iterator[str]:
    """Yield the sentence in turns of prose and of code between backticks."""
    for number, piece in enumerate(_CODE.split(text)):
        yield code(piece) if number % 2 else _ACTIVE.sub(_inactive, piece)


def _inactive(match: re.Match[str]) -> str:
    return _NOT_BY_BACKSLASH.get(match.group(), f"\\{match.group()}")


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match.group())};"
