"""The command line, but for the way in one go; only the benchmarks start it.

What is left out is taken out when the module is loaded, which is as late as ever: before that the
command line starts other processes.
"""

import contextlib
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

from alembic_ci.cli import main

_MODULE = "alembic_ci.steps.rollback"


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        vars(module).update(early_trip=_nobody, round_trips=_nowhere)


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Any = None, _: object = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname == _MODULE else None
        if spec and spec.origin:
            spec.loader = _Loader(fullname, spec.origin)
        return spec


@contextlib.contextmanager
def _nobody(*_: object, **__: object) -> Iterator[object]:
    yield import_module("alembic_ci.steps.early_trip").EarlyTrip(())


def _nowhere(_: object, grounds: dict[str, object], __: object) -> object:
    travelled = import_module("alembic_ci.steps.round_trip").Travelled
    return travelled(trips=dict.fromkeys(grounds, ()))


if __name__ == "__main__":
    sys.meta_path.insert(0, _Finder())
    sys.exit(main())
