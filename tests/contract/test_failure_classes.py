"""Every failure class that the code can give is explained to people."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_CLASS = re.compile(r"[a-z]+(?:-[a-z]+)*")


def _given(tree: ast.AST) -> Iterator[ast.expr | None]:
    """Yield what is said to be a failure class: as an argument, an attribute, or the doctor's."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="failure_class", value=value):
                yield value
            case ast.Assign(targets=[ast.Name("failure_class" | "HALF_APPLIED")], value=value):
                yield value
            case ast.AnnAssign(target=ast.Name("failure_class"), value=value):
                yield value
            case ast.Return(
                value=ast.Tuple(elts=[first, ast.Attribute(value=ast.Name("ExitCode"))])
            ):
                yield first
            case ast.Call(func=ast.Attribute(attr="found"), args=[first, *_]):
                yield first


def _classes() -> set[str]:
    trees = [ast.parse(path.read_text()) for path in (ROOT / "src").rglob("*.py")]
    values = [value for tree in trees for value in _given(tree)]
    return {
        value.value
        for value in values
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value
    }


def test_every_failure_class_is_in_the_table_and_no_other_is() -> None:
    text = (ROOT / "docs/recovery.md").read_text().partition("## Every failure class")[2]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in _CLASS.findall(row)}

    assert _classes() == documented
