"""The names users rely on: commands, options and outputs.

The command line, ``action.yml`` and the reference tables of the README are made from these
definitions, so that they cannot disagree.
"""

from alembic_ci.interface.commands import COMMANDS
from alembic_ci.interface.definitions import Command, Kind, Option, Output
from alembic_ci.interface.options import FAILURES, OPTIONS, STEPS
from alembic_ci.interface.outputs import OUTPUTS

__all__ = [
    "COMMANDS",
    "FAILURES",
    "OPTIONS",
    "OUTPUTS",
    "STEPS",
    "Command",
    "Kind",
    "Option",
    "Output",
]
