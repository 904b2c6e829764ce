"""The names users rely on: commands, options and outputs.

The command line, ``action.yml`` and the reference tables are made from these
definitions, so that they cannot disagree.
"""

from alembic_ci.interface.commands import COMMANDS
from alembic_ci.interface.definitions import Command, Kind, Option, Output, Topic
from alembic_ci.interface.options import (
    COMMENTS,
    FAILURES,
    OPTIONS,
    STEPS,
    TOPICS,
    URL_PARTS,
    VERIFICATIONS,
    WAYS_OUT,
)
from alembic_ci.interface.outputs import OUTPUTS

__all__ = [
    "COMMANDS",
    "COMMENTS",
    "FAILURES",
    "OPTIONS",
    "OUTPUTS",
    "STEPS",
    "TOPICS",
    "URL_PARTS",
    "VERIFICATIONS",
    "WAYS_OUT",
    "Command",
    "Kind",
    "Option",
    "Output",
    "Topic",
]
