"""Revision files written for the tests, and the folder they are read from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.history import History

CODE = "    op.execute('select 1')\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The least that a history can be read from."""

    directory: Path
    version_locations: tuple[Path, ...]
    recursive: bool = False
    sourceless: bool = False


def folder(root: Path, *, recursive: bool = False, sourceless: bool = False) -> Folder:
    versions = root / "versions"
    versions.mkdir(exist_ok=True)
    return Folder(
        directory=root,
        version_locations=(versions,),
        recursive=recursive,
        sourceless=sourceless,
    )


def write(
    root: Path,
    revision: str,
    down: object = None,
    *,
    depends_on: object = None,
    labels: object = None,
) -> Path:
    path = root / "versions" / f"{revision}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f'"""Add {revision}\n\nMore.\n"""\n'
        f"revision = {revision!r}\n"
        f"down_revision = {down!r}\n"
        f"branch_labels = {labels!r}\n"
        f"depends_on = {depends_on!r}\n\n"
        f"def upgrade():\n{CODE}\n"
        f"def downgrade():\n{CODE}",
        encoding="utf-8",
    )
    return path


def write_text(root: Path, name: str, text: str) -> Path:
    path = root / "versions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def chain(root: Path, names: Sequence[str]) -> History:
    for down, name in zip([None, *names], names, strict=False):
        write(root, name, down)
    return History.read(folder(root))
