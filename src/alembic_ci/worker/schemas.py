"""Begin every session in a tenant's schema, whatever engine env.py makes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


def enter(schema: str) -> None:
    """Connect in place of SQLAlchemy, so that its own first look is at *schema*, too."""
    statement = 'SET search_path TO "' + schema.replace('"', '""') + '"'

    def connect(dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
        if dialect.name != "postgresql":
            return None
        connection = dialect.connect(*arguments, **options)
        cursor = connection.cursor()
        try:
            cursor.execute(statement)
        finally:
            cursor.close()
        connection.commit()
        return connection

    event.listen(Engine, "do_connect", connect)
