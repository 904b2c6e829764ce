"""The grammar by which the GitHub runner reads GITHUB_OUTPUT, GITHUB_ENV and GITHUB_STATE.

As strict as the runner (``EnvFileKeyValuePairs`` in its FileCommandManager.cs): what it would
refuse with "Unable to process file command" raises here.
"""

from collections.abc import Iterator


class FileCommandError(Exception):
    """The runner would fail the step on this file."""


def key_values(text: str) -> dict[str, str]:
    """Return the pairs in the file; the last of several with one name counts."""
    return dict(_pairs(text))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text):
        line, _, position = _line(text, position)
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            name, value = line[:equals], line[equals + 1 :]
        elif heredoc >= 0:
            name, delimiter = line[:heredoc], line[heredoc + 2 :]
            value, position = _heredoc(text, position, name, delimiter)
        else:
            raise FileCommandError(f"Invalid format: {line!r}")
        if not name:
            raise FileCommandError(f"Invalid format, the name must not be empty: {line!r}")
        yield name, value


def _heredoc(text: str, position: int, name: str, delimiter: str) -> tuple[str, int]:
    """Return the lines up to the delimiter, without the last line feed, and where to go on."""
    if not delimiter:
        raise FileCommandError(f"Invalid format, the delimiter of {name} must not be empty")
    lines: list[str] = []
    while position < len(text):
        line, ended, position = _line(text, position)
        if line == delimiter:
            return "\n".join(lines), position
        if not ended:
            raise FileCommandError(f"The value of {name} ends without a line feed")
        lines.append(line)
    raise FileCommandError(f"The delimiter of {name} does not come back")


def _line(text: str, position: int) -> tuple[str, bool, int]:
    """Return a line, whether a line feed ended it, and the start of the next; CR is no line end."""
    end = text.find("\n", position)
    if end < 0:
        return text[position:], False, len(text)
    return text[position:end], True, end + 1
