"""A base image for tests on machines without a registry: Debian with its own Python.

It resembles ``python:3.13-slim-trixie`` in what the Dockerfile relies on: ``python3`` with venv on
the PATH, CA certificates, apt, and no git.
"""

import hashlib
import subprocess
import tempfile
from pathlib import Path

SUITE = "trixie"
PACKAGES = ("ca-certificates", "python3", "python3-venv")
MIRROR = "http://deb.debian.org/debian"

# Snapshots and caches of the Debian archive may be older than apt likes.
_APT = 'Acquire::Check-Valid-Until "false";\nAcquire::Check-Date "false";\n'


class NoContainersError(Exception):
    """This machine cannot make or start containers; the text says why."""


def stand_in_base() -> str:
    """Return the name of the base image, made once for each recipe; takes about a minute.

    Raises:
        NoContainersError: In a container without privileges, for example.
    """
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    name = f"localhost/alembic-ci-stand-in-base:{recipe}"
    known = subprocess.run(
        ["podman", "image", "exists", name], check=False, capture_output=True, text=True
    )
    if known.returncode > 1:
        raise NoContainersError(f"podman does not work: {known.stderr}")
    if known.returncode:
        with tempfile.TemporaryDirectory(prefix="alembic-ci-base-", dir="/var/tmp") as folder:
            _import(_root(Path(folder)), name)
    return name


def _root(folder: Path) -> Path:
    include = f"--include={','.join(PACKAGES)}"
    command = ("debootstrap", "--variant=minbase", include, SUITE, str(folder / "root"), MIRROR)
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise NoContainersError(f"debootstrap cannot make a base image: {done.stdout[-3000:]}")
    root = folder / "root"
    (root / "etc/apt/apt.conf.d/99stand-in").write_text(_APT, encoding="utf-8")
    return root


def _import(root: Path, name: str) -> None:
    archive = ["tar", "-C", str(root), "--exclude=./var/cache/apt/*.bin"]
    archive += ["--exclude=./var/cache/apt/archives/*.deb", "--exclude=./var/lib/apt/lists/*"]
    with subprocess.Popen([*archive, "-c", "."], stdout=subprocess.PIPE) as tar:
        subprocess.run(
            ["podman", "import", "--quiet", "-", name],
            stdin=tar.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
        )
