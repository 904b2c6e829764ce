"""The migration lock: of all jobs on one database and version table, exactly one migrates.

It is held by a connection of its own, so it goes when the job dies in any way. It is polled and
never waited for in the server: a session that waits there holds a snapshot, and CREATE INDEX
CONCURRENTLY in the job that has the lock would wait for that snapshot for ever.
"""

from alembic_ci.database.locking.holder import Holder
from alembic_ci.database.locking.key import LockPlace
from alembic_ci.database.locking.lock import MigrationLock, Target, migration_lock
from alembic_ci.database.locking.waiting import LockError, LockLostError, Wait, obtained

__all__ = [
    "Holder",
    "LockError",
    "LockLostError",
    "LockPlace",
    "MigrationLock",
    "Target",
    "Wait",
    "migration_lock",
    "obtained",
]
