"""What is rendered without a database, and how it is asked for."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from alembic_ci.model import Direction
from alembic_ci.project.failures import Failure
from alembic_ci.worker import protocol
from alembic_ci.worker.protocol import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """What to render: *revisions* in the order given, from *start* (what the table holds).

    *initialised* tells that there is a version table. *call* says which ``run_migrations()`` of
    env.py is meant, counted from 0.
    """

    direction: Direction
    start: tuple[str, ...]
    target: str
    revisions: tuple[str, ...]
    initialised: bool
    call: int = 0

    def message(self) -> Message:
        """Return the request for the worker."""
        return {
            "do": protocol.OFFLINE,
            "direction": self.direction.value,
            "start": list(self.start),
            "target": self.target,
            "revisions": list(self.revisions),
            "initialised": self.initialised,
            "call": self.call,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One statement as Alembic wrote it; *line* is where in the revision it was made."""

    text: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The SQL of one revision, or why there is none.

    *body* is what the revision's own function wrote. *head* comes before it and *tail* after it:
    the transaction, if each revision has its own, and the version table. Both are there for a
    revision without a body, too. *transactional* tells that there are transactions at all.
    """

    revision: str
    head: str
    body: tuple[Line, ...]
    tail: str
    transactional: bool
    failure: Failure | None

    @classmethod
    def parse(cls, message: Message) -> "Rendered":
        """Read the worker's message."""
        return cls(
            revision=message["revision"],
            head=message["head"],
            body=tuple(Line(text=text, line=line) for text, line in message["body"]),
            tail=message["tail"],
            transactional=message["transactional"],
            failure=Failure.parse(message["failure"]) if message["failure"] else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedScript:
    """What stands around the pieces of one offline run: BEGIN and COMMIT, if any.

    *per_migration* tells that each piece has its own transaction, *transactional* that there are
    transactions at all.
    """

    preamble: str
    postamble: str
    per_migration: bool
    transactional: bool

    @classmethod
    def parse(cls, message: Message) -> "RenderedScript":
        """Read what the worker says at the end of a run."""
        return cls(
            preamble=message["preamble"],
            postamble=message["postamble"],
            per_migration=bool(message.get("per_migration")),
            transactional=bool(message.get("transactional")),
        )


_NOTHING = RenderedScript(preamble="", postamble="", per_migration=False, transactional=False)


class Rendering:
    """One offline run while it goes on: its pieces as they come, and then the *whole*.

    Without a *run* there is nothing to render.
    """

    def __init__(self, run: Generator[Rendered, None, RenderedScript] | None = None) -> None:
        self._run = run
        self.whole = _NOTHING

    @property
    def asked(self) -> bool:
        """Tell whether there is anything to render."""
        return self._run is not None

    def __iter__(self) -> Iterator[Rendered]:
        """Yield the pieces, once."""
        if self._run is not None:
            self.whole = yield from self._run
