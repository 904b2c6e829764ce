"""Start alembic-ci in its container, or the program the CI host asked for in its place.

GitHub starts the image without arguments and puts the inputs into the environment. GitLab, Jenkins
and Kubernetes start a program of their own in it (``sh -c ...``, ``cat``) and talk to that through
its standard input.
"""

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path

from alembic_ci.errors import ExitCode
from alembic_ci.interface import COMMANDS

# Earlier steps of a GitHub job export these for the host's file system (setup-python, setup-uv).
_PATHS = ("PYTHONHOME", "VIRTUAL_ENV", "UV_PYTHON")
_PATH_LISTS = ("LD_LIBRARY_PATH", "PYTHONPATH")


def command_line(arguments: Sequence[str], variables: Mapping[str, str]) -> list[str]:
    """Return the arguments of our own command line; GitHub's inputs count when there are none."""
    if arguments or not variables.get("GITHUB_ACTIONS"):
        return list(arguments)
    command = variables.get("INPUT_COMMAND", "").strip() or "run"
    rest = shlex.split(variables.get("INPUT_ARGS", ""))
    return [command, "--", *rest] if command == "alembic" else [command, *rest]


def is_foreign(arguments: Sequence[str]) -> bool:
    """Tell whether the first argument names a program of the image and not a command of ours."""
    if not arguments or arguments[0] in {command.name for command in COMMANDS}:
        return False
    return shutil.which(arguments[0]) is not None


def forget_absent_paths(variables: MutableMapping[str, str]) -> None:
    """Drop what points at nothing in this container: a dead PYTHONHOME stops every interpreter."""
    for name in _PATHS:
        path = Path(variables.get(name, ""))
        if path.is_absolute() and not path.exists():
            del variables[name]
    for name in _PATH_LISTS:
        if name not in variables:
            continue
        paths = [path for path in variables[name].split(os.pathsep) if path and Path(path).exists()]
        variables[name] = os.pathsep.join(paths)
        if not paths:
            del variables[name]


def become(arguments: Sequence[str]) -> None:
    """Replace this process by another program, with the signals Python ignores given back to it."""
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored, signal.SIG_DFL)
    os.execvp(arguments[0], list(arguments))  # noqa: S606  (no shell is the point)


def listen_to_signals() -> None:
    """End on a signal until the command line takes over: nothing else would end process 1."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, _: sys.exit(128 + signum))


def main() -> int:
    """Run the foreign program or our own command line, and return the exit code."""
    listen_to_signals()
    forget_absent_paths(os.environ)
    arguments = sys.argv[1:]
    if is_foreign(arguments):
        become(arguments)
    try:
        ours = command_line(arguments, os.environ)
    except ValueError as error:
        sys.stderr.write(f"The input `args` cannot be split: {error}. Close every quote in it.\n")
        return ExitCode.SETTINGS
    from alembic_ci import cli  # noqa: PLC0415  (a foreign program need not wait for it)

    sys.argv = ["alembic-ci", *ours]
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
