"""Values of module-level names, read from the syntax tree without running anything."""

import ast
from collections.abc import Iterator, Mapping
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


class _NotConstantError(Exception):
    """The expression calls, imports or computes something."""


def assignments(module: ast.Module) -> dict[str, Assignment]:
    """Return the last value of each name assigned at the top level of *module*."""
    found: dict[str, Assignment] = {}
    for line, name, expression in _bindings(module):
        found[name] = Assignment(line, _value(expression, found))
    return found


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


def _value(expression: ast.expr, known: Mapping[str, Assignment]) -> Constant | Unreadable:
    try:
        return _constant(expression, known)
    except _NotConstantError:
        return Unreadable(ast.unparse(expression))


def _constant(node: ast.expr, known: Mapping[str, Assignment]) -> Constant:
    match node:
        case ast.Constant(value=value) if value is not Ellipsis:
            return value
        case ast.Name(id=name) if name in known:
            return _known(known[name])
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return tuple(_constant(item, known) for item in items)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined(_constant(left, known), _constant(right, known))
        case ast.JoinedStr(values=parts):
            return "".join(_text(part, known) for part in parts)
    raise _NotConstantError


def _known(assignment: Assignment) -> Constant:
    if isinstance(assignment.value, Unreadable):
        raise _NotConstantError
    return assignment.value


def _joined(left: Constant, right: Constant) -> Constant:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, tuple) and isinstance(right, tuple):
        return left + right
    raise _NotConstantError


def _text(part: ast.expr, known: Mapping[str, Assignment]) -> str:
    match part:
        case ast.Constant(value=str() as text):
            return text
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            constant = _constant(value, known)
            if isinstance(constant, str | int):
                return str(constant)
    raise _NotConstantError
