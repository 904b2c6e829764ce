"""Install what a project depends on, and find the interpreter that has it."""

import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

from alembic_ci.project.dependencies import recipes
from alembic_ci.project.dependencies.errors import failed, no_uv
from alembic_ci.project.dependencies.missing import missing
from alembic_ci.project.dependencies.orders import Order
from alembic_ci.project.dependencies.places import Place, alone, place
from alembic_ci.project.dependencies.recipes import Command
from alembic_ci.project.dependencies.variables import installation_variables

_TAIL_LINES = 40


def ready(order: Order) -> Path | None:
    """Return the interpreter of an environment that an earlier run finished, if there is one."""
    chosen = _place(order)
    return chosen.python if chosen.complete else None


def installed(order: Order) -> Path:
    """Install, unless an earlier run has, and return the interpreter.

    Raises:
        InstallationError: uv, or the user's own command, ended with an error.
    """
    chosen = _place(order)
    with alone(chosen):
        if not chosen.complete:
            chosen.empty()
            _Installation(order, chosen).run()
            chosen.finish()
    return chosen.python


def _place(order: Order) -> Place:
    return place(_decisive(order))


def _decisive(order: Order) -> Iterator[bytes]:
    """Yield all that decides what an environment will hold."""
    yield repr(astuple(order.choices)).encode()
    yield " ".join(order.drivernames).encode()
    yield str(order.directory).encode()
    if order.manifest is None:
        return
    yield order.manifest.kind.encode()
    for file in (order.manifest.file, order.manifest.directory / "pyproject.toml"):
        yield file.read_bytes() if file.is_file() else b""


class _Installation:
    """One run of all commands; *place* is empty."""

    def __init__(self, order: Order, place: Place) -> None:
        self._order = order
        self._place = place
        self._variables = installation_variables(order.variables, place.folder)

    def run(self) -> None:
        """Install what is declared, then what the tool needs beside it."""
        for command in self._commands():
            self._do(command)
        self._complete()

    def _commands(self) -> Iterator[Command]:
        order, folder = self._order, self._place.folder
        if order.manifest is None:
            self._order.say(f"installing the project's dependencies: {order.choices.command}")
            return recipes.own_command(order.choices, folder, order.directory)
        order.say(f"installing the project's dependencies from {order.manifest.file}")
        return recipes.recipe(order.manifest, order.choices, folder)

    def _complete(self) -> None:
        """Add Alembic and the drivers where the project does not declare them.

        Twice, because without SQLAlchemy nothing can be said about a driver.
        """
        for _ in range(2):
            names = missing(self._place.python, self._order.drivernames, self._variables)
            if not names:
                return
            self._order.say(f"adding what the project does not declare: {', '.join(names)}")
            self._add(names)

    def _add(self, names: Sequence[str]) -> None:
        folder, directory = self._place.folder, self._order.directory
        constraints = folder / "installed-requirements.txt"
        self._do(recipes.frozen(folder, directory, constraints))
        self._do(recipes.added(folder, directory, names, constraints))

    def _do(self, command: Command) -> None:
        try:
            done = subprocess.run(
                command.words,
                check=False,
                cwd=command.directory,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if command.output else subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except FileNotFoundError as error:
            raise no_uv(command.words[0]) from error
        if done.returncode:
            raise failed(command, _tail((done.stdout, done.stderr or "")))
        if command.output:
            command.output.write_text(done.stdout, encoding="utf-8")


def _tail(texts: Iterable[str]) -> str:
    lines = "\n".join(texts).strip().splitlines()
    return "\n".join(lines[-_TAIL_LINES:])
