"""The ``[tool.alembic]`` table of a pyproject.toml."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from alembic_ci.errors import ProjectError

Table = Mapping[str, object]


def has_alembic_table(file: Path) -> bool:
    """Tell whether *file* configures Alembic."""
    return bool(alembic_table(file))


def alembic_table(file: Path) -> Table:
    """Return ``[tool.alembic]`` of *file*, empty when there is none.

    Raises:
        ProjectError: the file cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8")
        document: Table = tomllib.loads(text) if "alembic" in text else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProjectError(
            f"{file} cannot be read: {error}.",
            remedy="Correct the file where the message points: Alembic reads it too.",
        ) from error
    table = document.get("tool")
    for_alembic = table.get("alembic") if isinstance(table, dict) else None
    return for_alembic if isinstance(for_alembic, dict) else {}
