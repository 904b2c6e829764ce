"""What a migration lock is called: the same in every job, other for every version table."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPlace:
    """A database and its version table; *schema* is "" where there is only one."""

    database: str
    schema: str
    table: str

    @property
    def number(self) -> int:
        """The key of PostgreSQL's advisory locks, a signed number of 64 bits."""
        return int.from_bytes(self._digest(), signed=True)

    @property
    def name(self) -> str:
        """The name for GET_LOCK(), which knows one space for the whole server and 64 characters."""
        return f"alembic-ci:{self._digest().hex()}"

    def _digest(self) -> bytes:
        text = f"{self.database}\0{self.schema}\0{self.table}"
        return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest()
