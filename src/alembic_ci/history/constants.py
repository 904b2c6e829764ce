"""Values of module-level names, read from the syntax tree without running anything."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Constant = str | int | float | bytes | complex | None | tuple["Constant", ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A name bound at module level; *value* is an ``Unreadable`` when only running would tell."""

    line: int
    value: "Constant | Unreadable"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An expression that is more than constants; *source* is its text."""

    source: str


Resolve = Callable[[str], Constant | Unreadable]  # the value of an imported, maybe dotted name


class _NotConstantError(Exception):
    """The expression calls, imports or computes something."""


def assignments(module: ast.Module, imported: Resolve) -> dict[str, Assignment]:
    """Return the last value of each name assigned at the top level of *module*."""
    reader = _Reader(imported)
    for line, name, expression in _bindings(module):
        reader.known[name] = Assignment(line, reader.value(expression))
    return reader.known


def _bindings(module: ast.Module) -> Iterator[tuple[int, str, ast.expr]]:
    for statement in module.body:
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _pairs(target, value)
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                yield from _pairs(target, value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[int, str, ast.expr]]:
    match target, value:
        case ast.Name(id=name), _:
            yield target.lineno, name, value
        case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
            for part, item in zip(names, values, strict=True):
                yield from _pairs(part, item)


class _Reader:
    """Computes expressions from the names that were assigned or imported so far."""

    def __init__(self, imported: Resolve) -> None:
        self.known: dict[str, Assignment] = {}
        self._imported = imported

    def value(self, expression: ast.expr) -> Constant | Unreadable:
        try:
            return self._constant(expression)
        except _NotConstantError:
            return Unreadable(ast.unparse(expression))

    def _constant(self, node: ast.expr) -> Constant:
        match node:
            case ast.Constant(value=value) if value is not Ellipsis:
                return value
            case ast.Name(id=name) if name in self.known:
                return _readable(self.known[name].value)
            case ast.Name() | ast.Attribute():
                return _readable(self._imported(ast.unparse(node)))
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                return tuple(self._constant(item) for item in items)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined(self._constant(left), self._constant(right))
            case ast.JoinedStr(values=parts):
                return "".join(self._text(part) for part in parts)
        raise _NotConstantError

    def _text(self, part: ast.expr) -> str:
        match part:
            case ast.Constant(value=str() as text):
                return text
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                constant = self._constant(value)
                if isinstance(constant, str | int):
                    return str(constant)
        raise _NotConstantError


def _readable(value: Constant | Unreadable) -> Constant:
    if isinstance(value, Unreadable):
        raise _NotConstantError
    return value


def _joined(left: Constant, right: Constant) -> Constant:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, tuple) and isinstance(right, tuple):
        return left + right
    raise _NotConstantError
