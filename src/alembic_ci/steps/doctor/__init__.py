"""Say what is wrong with a database and how to mend it; look only, unless told to act."""

from alembic_ci.steps.doctor.beforehand import refused
from alembic_ci.steps.doctor.doctor import after_failure, doctor

__all__ = ["after_failure", "doctor", "refused"]
