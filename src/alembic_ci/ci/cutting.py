"""Cut a Markdown document that has outgrown its place, and leave a sound document."""

import re

_FENCE = re.compile(r"(`{3,})[^`]*$")
_SAID = "\n_The rest was cut to fit; `report.md` has it all._\n"
_CLOSING_BYTES = 500


def cut_markdown(text: str, limit: int) -> str:
    """Return the lines that *limit* bytes of UTF-8 hold, closing fences and folds left open."""
    if _size(text) <= limit:
        return text
    left = limit - _size(_SAID) - _CLOSING_BYTES
    kept: list[str] = []
    fence, folds = "", 0
    for line in text.splitlines(keepends=True):
        left -= _size(line)
        if left < 0:
            break
        kept.append(line)
        fence = fence_after(fence, line.rstrip("\n"))
        if not fence:
            folds += line.startswith("<details") - line.startswith("</details>")
    if not kept:
        return ""
    closing = f"{fence}\n" if fence else ""
    return "".join((*kept, closing, "\n</details>\n" * folds, _SAID))


def fence_after(fence: str, line: str) -> str:
    """Return the fence that is open after *line*, given the one open before it."""
    if fence:
        return "" if line.strip("`") == "" and len(line) >= len(fence) else fence
    match = _FENCE.match(line)
    return match.group(1) if match else ""


def _size(text: str) -> int:
    return len(text.encode(errors="backslashreplace"))
