"""What a step that failed may have left in a scratch database."""

from enum import Enum, auto

from alembic_ci.project.failures import StepFailedError
from alembic_ci.steps.retrying import only_read
from alembic_ci.urls import Dialect


class Aftermath(Enum):
    """What is in the database of a failed step, as far as is known without looking."""

    NOTHING = auto()
    UNKNOWN = auto()
    SOMETHING = auto()


def aftermath(error: StepFailedError, dialect: Dialect, *, transactional: bool) -> Aftermath:
    """Say what of a step is in the database; *transactional* is what Alembic makes of it.

    What has become of rows cannot be seen afterwards, so whatever has written and was not rolled
    back counts. A statement that failed has written nothing, or what a catalogue tells of, such as
    an index that is not valid.
    """
    if transactional and dialect is not Dialect.MYSQL and not error.executed.lasting:
        return Aftermath.NOTHING
    if only_read(error.executed.statements):
        return Aftermath.UNKNOWN
    return Aftermath.SOMETHING
