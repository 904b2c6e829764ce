"""What kind of server answers, and which columns its ``information_schema`` has."""

from dataclasses import dataclass

from alembic_ci.database.quoting import quoted_text
from alembic_ci.database.tracking import Query, Value

_OPTIONAL = """
SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = 'information_schema'
  AND TABLE_NAME IN ('STATISTICS', 'VIEWS', 'CHECK_CONSTRAINTS', 'TABLE_CONSTRAINTS', 'COLUMNS')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A MariaDB or MySQL server and the database that is looked at."""

    database: str
    mariadb: bool
    columns: frozenset[str]

    @classmethod
    def ask(cls, query: Query) -> "Server":
        """Ask for version, current database and what information_schema offers."""
        version, database = (text(value) for value in query("SELECT VERSION(), DATABASE()")[0])
        columns = frozenset(f"{text(t)}.{text(c)}".upper() for t, c in query(_OPTIONAL))
        return cls(database=database, mariadb="mariadb" in version.lower(), columns=columns)

    def column(self, table: str, name: str) -> str:
        """Return the column where this server has it, else NULL, for a select list."""
        return name if f"{table}.{name}" in self.columns else "NULL"

    def has(self, table: str, name: str = "CONSTRAINT_NAME") -> bool:
        """Tell whether this server's information_schema has the column."""
        return f"{table}.{name}" in self.columns

    def unqualified(self, sql: str) -> str:
        """Drop the current database's name, which the server writes before every table."""
        return sql.replace(f"`{self.database}`.", "")


def text(value: Value | bytes) -> str:
    """Return a catalogue value as text; some drivers bring long ones as bytes."""
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def literal(value: str) -> str:
    """Write a text as an SQL string that means the same whatever sql_mode says."""
    if "\\" in value:
        return f"CONVERT(0x{value.encode().hex()} USING utf8mb4)"
    return quoted_text(value)
