"""Constants that a revision imports from the project, found without importing anything."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from alembic_ci.history.constants import Constant, Resolve, Unreadable, assignments

_FARTHEST = 3  # modules that pass a constant on; more is a circle


def imported(module: ast.Module, path: Path, farthest: int = _FARTHEST) -> Resolve:
    """Return what looks up a name that *module*, read from *path*, may have imported.

    A package is looked for in every folder above the file: revisions lie inside the project that
    they import from.
    """
    bound = dict(_bound(module))

    def resolve(dotted: str) -> Constant | Unreadable:
        first, _, rest = dotted.partition(".")
        if first not in bound or not farthest:
            return Unreadable(dotted)
        whole = f"{bound[first]}.{rest}" if rest else bound[first]
        source, _, name = whole.rpartition(".")
        if not source:
            return Unreadable(dotted)  # a module, not something in one
        return _constants(source, path, farthest - 1).get(name, Unreadable(dotted))

    return resolve


def _bound(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each imported name and the dotted name it stands for."""
    for statement in module.body:
        match statement:
            case ast.Import(names=names):
                for alias in names:
                    top = alias.name.partition(".")[0]
                    yield (alias.asname, alias.name) if alias.asname else (top, top)
            case ast.ImportFrom(module=str() as source, names=names, level=0):
                for alias in names:
                    yield alias.asname or alias.name, f"{source}.{alias.name}"


def _constants(source: str, path: Path, farthest: int) -> Mapping[str, Constant | Unreadable]:
    place = Path(*source.split("."))
    files = (
        folder / file
        for folder in path.parents
        for file in (place.with_suffix(".py"), place / "__init__.py")
    )
    found = next((file for file in files if file.is_file()), None)
    if found is None:
        return {}
    try:
        module = ast.parse(found.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}  # what cannot be read here is reported where its value is needed
    names = assignments(module, imported(module, found, farthest))
    return {name: assignment.value for name, assignment in names.items()}
