"""Let foreign Markdown name people and teams without calling any of them."""

import re

from alembic_ci.ci.cutting import fence_after

_CODE = re.compile(r"(`+[^`]*`+)")
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def without_mentions(markdown: str) -> str:
    """Return the document with an invisible comment behind each ``@`` that is not in code."""
    lines, fence = [], ""
    for line in markdown.splitlines(keepends=True):
        after = fence_after(fence, line.rstrip("\n"))
        lines.append(line if fence or after else _quiet(line))
        fence = after
    return "".join(lines)


def _quiet(line: str) -> str:
    pieces = _CODE.split(line)
    return "".join(
        piece if odd % 2 else _MENTION.sub("@<!-- -->", piece) for odd, piece in enumerate(pieces)
    )
