"""Command lines a reader can paste, for this project and environment; never with a secret."""

import shlex
from collections.abc import Iterator

from alembic_ci.environments import Environment
from alembic_ci.interface import OPTIONS, Kind
from alembic_ci.model import Command, Language
from alembic_ci.steps.context import Context

_NOT_KEPT = frozenset(
    {"environments", "steps", "target", "scope", "resume", "statements-in", "apply"}
    | {"allow-data-loss", "dry-run", "report-dir", "verbose", "fail-on", "rows", "rows-dir"}
    | {"databases", "shard", "resume-from", "parallel", "canary", "max-failures"}
)


class Recipes:
    """The flags that this run was given and that the next one needs, too.

    The database's URL stays in its variable; *label* picks one of several.
    """

    def __init__(self, context: Context, environment: Environment, label: str = "") -> None:
        self._context = context
        self._environment = environment
        self._label = label

    def ours(self, command: str, *flags: str, purpose: str = "") -> Command:
        """Return a call of alembic-ci on this environment."""
        environment = f"--environments={self._environment.name}"
        picked = [f"--databases={self._label}"] if self._label else []
        words = ["alembic-ci", command, environment, *picked, *self._kept(), *flags]
        return self._command([shlex.quote(word) for word in words], purpose)

    def alembic(self, *arguments: str, purpose: str = "") -> Command:
        """Return a call of the project's own Alembic."""
        call = self.ours("alembic").text
        return self._command([call, "--", *map(shlex.quote, arguments)], purpose)

    def sql(self, *statements: str, purpose: str = "") -> Command:
        """Return statements for the database's own client."""
        text = "\n".join(f"{statement.strip().rstrip(';')};" for statement in statements)
        return Command(text=self._context.redact(text), purpose=purpose, language=Language.SQL)

    def shell(self, *words: str, purpose: str = "") -> Command:
        """Return any other call."""
        return self._command([shlex.quote(word) for word in words], purpose)

    def _command(self, quoted: list[str], purpose: str) -> Command:
        return Command(text=self._context.redact(" ".join(quoted)), purpose=purpose)

    def _kept(self) -> Iterator[str]:
        given = self._context.settings.asked()
        for option in OPTIONS:
            if option.name in _NOT_KEPT or option.name not in given:
                continue
            if option.kind is Kind.FLAG:
                yield f"--{option.name}"
                continue
            yield from (f"--{option.name}={text}" for text in given[option.name])
