"""What root writes into somebody's folder belongs to that somebody."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_ROOT = 0


def share_owner(folders: Iterable[Path]) -> None:
    """Give what root owns in *folders*, and these themselves, the owner of the folder around it.

    A container usually runs as root on a checkout of another user, who could neither change nor
    remove what it leaves behind. Links are not followed; anybody but root changes nothing.
    """
    if os.geteuid() != _ROOT:
        return
    for folder in folders:
        with contextlib.suppress(OSError):  # a convenience: the work is done and reported
            _share(folder)


def _share(folder: Path) -> None:
    _inherit((folder.name,), folder.parent)
    for place, folders, files in os.walk(folder):
        _inherit((*folders, *files), Path(place))


def _inherit(names: Iterable[str], parent: Path) -> None:
    owner = parent.lstat()
    if owner.st_uid == _ROOT:
        return
    for name in names:
        if (parent / name).lstat().st_uid == _ROOT:
            os.chown(parent / name, owner.st_uid, owner.st_gid, follow_symlinks=False)
