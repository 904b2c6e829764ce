"""SQL text as statements: where each ends, what it does, and what waits for it.

Pure: nothing here asks a database. The lexers are our own. sqlglot's tokenizer (30.30) was tried on
the cases of ``tests/unit/statements``: it ends SQLite triggers, ``BEGIN ATOMIC`` bodies and MySQL
routines at their first semicolon, knows no ``DELIMITER``, reads ``1--2`` as a comment for MySQL,
raises where a comment is left open, and takes longer to import than all the rest of this tool.
"""

from alembic_ci.statements.action import Action
from alembic_ci.statements.actions import actions
from alembic_ci.statements.hiding import MARK, Columns
from alembic_ci.statements.listing import Script, Text, listed
from alembic_ci.statements.locks import MODES, lock
from alembic_ci.statements.measured import Measured
from alembic_ci.statements.narrowing import Narrowed, narrowed
from alembic_ci.statements.splitting import Piece, pieces, statements
from alembic_ci.statements.tokens import Shape, Token, tokens, unquoted

__all__ = [
    "MARK",
    "MODES",
    "Action",
    "Columns",
    "Measured",
    "Narrowed",
    "Piece",
    "Script",
    "Shape",
    "Text",
    "Token",
    "actions",
    "listed",
    "lock",
    "narrowed",
    "pieces",
    "statements",
    "tokens",
    "unquoted",
]
