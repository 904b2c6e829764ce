"""Start the worker by file path, leaving nothing of ours on the project's ``sys.path``."""

import importlib.util
import os
import sys

_PACKAGE = "_alembic_ci_worker"


def _load_package(folder: str) -> None:
    spec = importlib.util.spec_from_file_location(
        _PACKAGE,
        os.path.join(folder, "__init__.py"),
        submodule_search_locations=[folder],
    )
    if spec is None or spec.loader is None:
        raise ImportError(folder)
    package = importlib.util.module_from_spec(spec)
    sys.modules[_PACKAGE] = package
    spec.loader.exec_module(package)


def _start() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != folder]
    _load_package(folder)
    if sys.argv[1] == "nursery":
        nursery = importlib.import_module(_PACKAGE + ".nursery")
        nursery.keep(int(sys.argv[2]), sys.argv[3])
        return
    serve = importlib.import_module(_PACKAGE + ".serve")
    serve.serve(read_fd=int(sys.argv[1]), write_fd=int(sys.argv[2]))


if __name__ == "__main__":
    _start()
