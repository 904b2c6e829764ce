"""MariaDB and MySQL: GET_LOCK(), which survives their implicit commits."""

import contextlib

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.database.locking.holder import Holder, holder_of

_WHO = (
    "SELECT id, user, '', host, time FROM information_schema.processlist"
    " WHERE id = IS_USED_LOCK('{name}')"
)
# Off by default in MariaDB, and not open to everybody in MySQL.
_ATTRIBUTE = (
    "SELECT attr_value FROM performance_schema.session_connect_attrs"
    " WHERE attr_name = 'program_name' AND processlist_id = IS_USED_LOCK('{name}')"
)
_LONGEST_IDLE = 7 * 24 * 3600  # seconds


class MySQLLock:
    """``GET_LOCK`` on a connection that does nothing else.

    Its idle time, which every user of the same name may see, is how long it has the lock.
    """

    def __init__(self, control: Control, name: str) -> None:
        self._control = control
        self._name = name
        control.execute(f"SET SESSION wait_timeout = {_LONGEST_IDLE}")
        self._session = str(control.query("SELECT CONNECTION_ID()")[0][0])

    def attempt(self) -> bool:
        """Try it."""
        return self._control.query(f"SELECT GET_LOCK('{self._name}', 0)") == [(1,)]

    def holder(self) -> Holder | None:
        """Return the session that has it; another user's is only a number."""
        rows = self._control.query(_WHO.format(name=self._name))
        if rows:
            user, host = str(rows[0][1]), str(rows[0][3]).partition(":")[0]
            return holder_of(
                (rows[0][0], user, self._program(), host, rows[0][4]), session="session"
            )
        used = self._control.query(f"SELECT IS_USED_LOCK('{self._name}')")[0][0]
        return Holder(session=f"session {used}") if used else None

    def held(self, control: Control) -> bool:
        """Ask the server whose it is."""
        found = control.query(f"SELECT IS_USED_LOCK('{self._name}')")[0][0]
        return str(found) == self._session

    def release(self) -> None:
        """End the session, and the lock with it."""
        self._control.close()

    def _program(self) -> str:
        with contextlib.suppress(StatementError):
            rows = self._control.query(_ATTRIBUTE.format(name=self._name))
            return str(rows[0][0]) if rows else ""
        return ""
