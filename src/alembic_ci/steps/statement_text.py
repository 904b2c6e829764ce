"""Statements written so that each database's own command line client reads them as they ran."""

import re

from alembic_ci.statements import Shape, tokens
from alembic_ci.urls import Dialect

_DELIMITERS = ("//", "$$", ";;", "|||")
_ENCODINGS = {
    Dialect.POSTGRESQL: "SET client_encoding = 'UTF8';\n\n",
    Dialect.MYSQL: "SET NAMES utf8mb4;\n\n",
    Dialect.SQLITE: "",
}

# In MySQL these keep the character set of the session that makes them.
_KEEPING = re.compile(
    r"\bCREATE\b[^;]{0,200}\b(?:EVENT|FUNCTION|PROCEDURE|TRIGGER|VIEW)\b", re.IGNORECASE
)


def terminated(statement: str, dialect: Dialect) -> str:
    """Return a statement with its end and an empty line; nothing for one that says nothing.

    The clients of MySQL and MariaDB end a statement at any semicolon, also in the body of a
    trigger, unless another delimiter was agreed on.
    """
    text = statement.strip().rstrip("; \t\r\n")
    if not text:
        return ""
    if dialect is Dialect.MYSQL and _has_semicolon(text):
        delimiter = next((mark for mark in _DELIMITERS if mark not in text), _DELIMITERS[-1])
        return f"DELIMITER {delimiter}\n{text}\n{delimiter}\nDELIMITER ;\n\n"
    last = text.rpartition("\n")[2]
    in_comment = "--" in last or (dialect is Dialect.MYSQL and "#" in last)
    return f"{text}\n;\n\n" if in_comment else f"{text};\n\n"


def opening(script: str, dialect: Dialect) -> str:
    """Return what tells a client how the file is encoded, where it has to know."""
    kept = dialect is Dialect.MYSQL and _KEEPING.search(script)
    return _ENCODINGS[dialect] if kept or not script.isascii() else ""


def _has_semicolon(text: str) -> bool:
    return ";" in text and any(
        token.text == ";" and token.shape is Shape.SIGN for token in tokens(text, Dialect.MYSQL)
    )
