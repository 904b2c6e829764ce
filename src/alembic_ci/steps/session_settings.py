"""What env.py's sessions are given without touching env.py."""

from alembic_ci.database.drivers import application_name
from alembic_ci.project.worker import Sessions
from alembic_ci.steps.context import Context

_USUAL_LOCK_TIMEOUT = 5.0  # seconds


def session_settings(context: Context) -> Sessions:
    """Return the time-outs of the settings, with a lock time-out where nobody chose one."""
    settings = context.settings
    lock = _USUAL_LOCK_TIMEOUT if settings.lock_timeout is None else settings.lock_timeout
    return Sessions(
        application=application_name(context.surroundings.job),
        lock_timeout=lock or None,
        statement_timeout=settings.statement_timeout or None,
        overriding=settings.lock_timeout is not None,
    )


def unhurried(context: Context) -> Sessions:
    """Return no time-outs: on a throw-away database nobody is in the way, and nothing lasts."""
    return Sessions(application=application_name(context.surroundings.job), durable=False)
