"""Say what is wrong with a database and how to mend it; look only, unless told to act."""

from alembic_ci.steps.doctor.beforehand import held_back
from alembic_ci.steps.doctor.doctor import after_failure, doctor
from alembic_ci.steps.doctor.half_words import HALF_APPLIED

__all__ = ["HALF_APPLIED", "after_failure", "doctor", "held_back"]
