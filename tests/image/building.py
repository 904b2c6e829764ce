"""The image under test, built once for each content of what it is made of."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from image.stand_in_base import stand_in_base

ROOT = Path(__file__).resolve().parents[2]

_REPOSITORY = "localhost/alembic-ci-under-test"
_LOCK = Path.home() / ".cache" / "alembic-ci-tests" / "image.lock"
_TOOLS = ("buildah", "debootstrap", "podman", "runc")
_INGREDIENTS = ("Dockerfile", ".dockerignore", "entrypoint.py", "pyproject.toml", "uv.lock", "src")
_KEPT_FOR = 3600.0  # seconds; another test run may still use an older image


def why_not() -> str:
    """Say what keeps this machine from building the image; empty when nothing does."""
    if os.geteuid() != 0:
        return "the image is built and started as root, and this is not root"
    missing = [tool for tool in _TOOLS if not shutil.which(tool)]
    return f"not installed: {', '.join(missing)}" if missing else ""


def built_image(target: str = "slim") -> str:
    """Return the name of the image for the present sources; takes a minute after a change."""
    with _one_builder():
        base = stand_in_base()
        name = f"{_REPOSITORY}:{target}-{_fingerprint(base)}"
        if subprocess.run(["podman", "image", "exists", name], check=False).returncode:
            _build(name, base, target)
            _forget_older(target)
        return name


def _build(name: str, base: str, target: str) -> None:
    command = ["buildah", "bud", "--isolation", "chroot", "--network=host", "--layers"]
    command += ["--build-arg", f"BASE={base}", "--target", target, "--tag", name]
    authorities = Path(os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"))
    if authorities.is_file():
        command += ["--secret", f"id=ca,src={authorities}"]
    done = subprocess.run(
        [*command, str(ROOT)],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"The image cannot be built:\n{done.stdout[-5000:]}")


def _fingerprint(base: str) -> str:
    """Digest the contents, and not the times, of everything that goes into the image."""
    digest = hashlib.sha256(base.encode())
    for ingredient in _INGREDIENTS:
        for path in _files(ROOT / ingredient):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def _forget_older(target: str) -> None:
    """Remove images of earlier contents, once no test run can be using them.

    Those of other targets stay until theirs is built again: with an image go the layers of Debian
    packages that no newer one has.
    """
    listed = subprocess.run(
        ["podman", "images", "--format", "json", _REPOSITORY],
        check=True,
        capture_output=True,
        text=True,
    )
    for entry in json.loads(listed.stdout):
        names = [name for name in entry["Names"] if name.startswith(f"{_REPOSITORY}:{target}-")]
        if entry["Created"] < time.time() - _KEPT_FOR:
            for name in names:
                subprocess.run(["podman", "rmi", name], check=False, capture_output=True)


@contextmanager
def _one_builder() -> Iterator[None]:
    """Let one process build while the others, workers of the same test run, wait for it."""
    _LOCK.parent.mkdir(parents=True, exist_ok=True)
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
