"""What ``upgrade`` and ``downgrade`` consist of, judged from the syntax tree."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from alembic_ci.history.revision import Body


@dataclass(frozen=True, slots=True)
class Entry:
    """A function of a revision file; *line* is ``None`` when there is no such function."""

    body: Body
    line: int | None


def entries(module: ast.Module, *names: str, dispatching: bool = True) -> tuple[Entry, ...]:
    """Judge the functions *names* of *module*.

    The multidb template calls ``globals()["upgrade_" + engine]()``: there, what the functions of
    the single engines consist of is what counts. *dispatching* is false where the source is known
    not to do so, which spares a look at each node.
    """
    bound = dict(_bound(module.body))
    return tuple(
        Entry(_judged(bound[name], module, name, dispatching=dispatching), bound[name].lineno)
        if name in bound
        else Entry(Body.MISSING, None)
        for name in names
    )


def _bound(statements: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Yield what the module defines, imports or assigns, also inside ``if``, ``try``, ``with``."""
    for statement in statements:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, statement
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((alias.asname or alias.name, statement) for alias in names)
            case ast.Assign(targets=targets):
                yield from ((item.id, statement) for item in targets if isinstance(item, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                yield name, statement
            case ast.If(body=body, orelse=other):
                yield from _bound([*body, *other])
            case ast.Try(body=body, handlers=handlers, orelse=other, finalbody=last):
                caught = [item for handler in handlers for item in handler.body]
                yield from _bound([*body, *caught, *other, *last])
            case ast.With(body=body):
                yield from _bound(body)


def _judged(node: ast.stmt, module: ast.Module, name: str, *, dispatching: bool) -> Body:
    if not isinstance(node, ast.FunctionDef):
        return Body.CODE  # imported or assigned: it exists, and only running it would tell more
    if not (dispatching and _dispatches(node)):
        return _of(node.body)
    engines = [
        _of(item.body)
        for item in module.body
        if isinstance(item, ast.FunctionDef) and item.name.startswith(f"{name}_")
    ]
    return next((body for body in (Body.CODE, Body.RAISES) if body in engines), Body.EMPTY)


def _dispatches(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "globals"
        for node in ast.walk(function)
    )


def _of(statements: Iterable[ast.stmt]) -> Body:
    match next((item for item in statements if not _idle(item)), None):
        case None:
            return Body.EMPTY
        case ast.Raise() | ast.Assert(test=ast.Constant(value=False)):
            return Body.RAISES
    return Body.CODE


def _idle(statement: ast.stmt) -> bool:
    """Tell whether a statement changes nothing: ``pass``, a constant, a text kept for ``raise``."""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=None | ast.Constant(value=None)):
            return True
        case ast.Assign(targets=[ast.Name()], value=ast.Constant() | ast.JoinedStr()):
            return True
    return False
