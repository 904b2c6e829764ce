"""What a revision executed at the driver's border, as the worker tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from alembic_ci.project.reads import only_reads
from alembic_ci.worker.protocol import Message

Row = Sequence[str | int | float | bool | None]


class Kind(StrEnum):
    """A statement, where a transaction begins or ends, or where the driver was used directly."""

    STATEMENT = "statement"
    UNSEEN = "unseen"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStatement:
    """What env.py itself executed before the migrations; *line* is its own, where one did it.

    *open* tells that the transaction it stands in went on when the migrations began.
    """

    texts: tuple[str, ...]
    line: int | None
    read: bool
    open: bool

    @classmethod
    def parse(cls, account: Message) -> "OwnStatement":
        """Read one account of the worker."""
        texts = tuple(account["texts"])
        return cls(
            texts=texts,
            line=account["line"],
            read=bool(account["returns"] and texts and only_reads(texts[0])),
            open=bool(account["open"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One call of the driver, in the order they happened.

    *texts* are the statements with their parameters as literals, several after ``executemany()``;
    they are empty, and *unwritten* says why, where a value has no literal. *file* and *line* are
    the place in the revision that made the call, *line* is absent where none did. *seconds* is the
    driver's time, *rows* what it says was touched. *read* tells that nothing was changed,
    *autocommit* that the statement stood in no transaction, *version* that it came after the
    revision's function: Alembic writing its version table, or a hook of ``env.py``. *watched* are
    the rows of the query that was asked for, run just after the statement in its transaction.
    """

    kind: Kind
    texts: tuple[str, ...] = ()
    unwritten: str | None = None
    file: str = ""
    line: int | None = None
    seconds: float = 0.0
    rows: int | None = None
    read: bool = False
    autocommit: bool = False
    version: bool = False
    watched: tuple[Row, ...] | None = None

    @classmethod
    def parse(cls, account: Message) -> "Execution":
        """Read one account of the worker."""
        kind = Kind(account["kind"])
        if kind is Kind.UNSEEN:
            return cls(kind=kind, file=account["file"], line=account["line"])
        if kind is not Kind.STATEMENT:
            return cls(kind=kind)
        texts = tuple(account["texts"])
        reflection = bool(account["reflection"])
        return cls(
            kind=kind,
            texts=texts,
            unwritten=account["unwritten"],
            file=account["file"],
            line=account["line"],
            seconds=account["seconds"],
            rows=account["rows"],
            read=reflection or bool(account["returns"] and texts and only_reads(texts[0])),
            autocommit=bool(account["autocommit"]),
            version=bool(account["version"]),
            watched=None if account["watched"] is None else tuple(map(tuple, account["watched"])),
        )
