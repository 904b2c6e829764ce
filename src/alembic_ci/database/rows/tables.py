"""What is known of a table that is to hold rows, whatever the dialect."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

TableName = str
"""A table the way snapshots name it: its bare name, with the schema in front outside ``public``."""

Literals = Mapping[str, str]
"""One row as SQL literals by column; a column that is left to the database is not in it."""

NULL = "NULL"


class Family(Enum):
    """How values of a type are made."""

    BOOLEAN = auto()
    INTEGER = auto()  # from low to high
    DECIMAL = auto()  # length digits, scale of them after the point
    FLOAT = auto()  # length bits of precision
    TEXT = auto()  # at most length characters
    BINARY = auto()  # at most length bytes, written in hex
    BITS = auto()  # length binary digits
    DATE = auto()
    TIME = auto()  # scale digits of a second
    TIMESTAMP = auto()  # scale digits of a second
    ENUM = auto()  # one of labels
    SET = auto()  # some of labels
    JSON = auto()
    ARRAY = auto()  # of parts[0]
    RANGE = auto()  # of parts[0]
    COMPOSITE = auto()  # of parts
    PATTERN = auto()  # labels are texts in which # stands for a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A column's type; *sql* is what to cast to, and which numbers count depends on the family."""

    family: Family
    sql: str
    length: int | None = None
    scale: int = 0
    low: int = 0
    high: int = 0
    labels: tuple[str, ...] = ()
    parts: tuple["Type", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; the database numbers *automatic* ones, *expression* makes a generated one.

    *salt* is a small number that tells columns of the same type apart.
    """

    name: str
    type: Type
    nullable: bool = True
    automatic: bool = False
    expression: str = ""
    default: str = ""
    salt: int = 0

    @property
    def ours(self) -> bool:
        """Tell whether a value is to be made."""
        return not self.automatic and not self.expression


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A reference; *parent_sql* is the parent's quoted name."""

    columns: tuple[str, ...]
    parent: TableName
    parent_sql: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A condition that every row must not make false."""

    expression: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table.

    *sql* is where its rows are read, *target* where they are inserted (the root of a partition).
    *keys* are column sets that are unique, the primary key among them. A partitioned table holds
    what its *leaves* hold. *obstacle* says why it never gets rows.
    """

    name: TableName
    sql: str
    target: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    leaves: tuple[TableName, ...] = ()
    root: TableName | None = None
    obstacle: str = ""

    def column(self, name: str) -> Column:
        """Return the column with this name."""
        return next(column for column in self.columns if column.name == name)

    def nullable(self, key: ForeignKey) -> bool:
        """Tell whether a row may do without this reference."""
        return any(self.column(name).nullable for name in key.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfilled:
    """A table with fewer rows than wanted, and why; *rows* is how many it has."""

    table: TableName
    reason: str
    rows: int = 0
