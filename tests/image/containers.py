"""Containers of the image under test, started through podman as CI hosts do through docker."""

import os
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

# No cgroup or user-namespace tricks: what holds under these flags holds on any host.
PODMAN_RUN = (
    *("podman", "--runtime", "runc", "run", "--network=host"),
    *("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"),
)
TIMEOUT = 180.0  # seconds

# Packages that other runs have fetched, for containers that run as root.
_PACKAGES = Path.home() / ".cache" / "alembic-ci-tests" / "packages"


def fetched_packages() -> tuple[tuple[Path, str], Mapping[str, str]]:
    """Return the mount and the variable that let a container install what was fetched before."""
    _PACKAGES.mkdir(parents=True, exist_ok=True)
    return (_PACKAGES, "/packages"), {"UV_CACHE_DIR": "/packages"}


def _trust() -> tuple[tuple[Path, str], ...]:
    """Return the mount of the authorities of a network that ends TLS itself, where it does."""
    file = Path(os.environ.get("SSL_CERT_FILE", ""))
    return ((file, "/authorities.crt:ro"),) if file.is_file() else ()


# What podman itself reads: these are given to the container by value, the others by name.
_OF_THE_CLIENT = {"HOME", "PATH", "TMPDIR", "LD_LIBRARY_PATH", "LD_PRELOAD", "XDG_RUNTIME_DIR"}
_CLIENT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A container that has run to its end; *log* is its stdout and stderr in one stream."""

    exit_code: int
    log: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What a host decides about a container; *mounts* are pairs of a folder here and one inside."""

    image: str
    command: Sequence[str] = ()
    variables: Mapping[str, str] | None = None
    mounts: Sequence[tuple[Path, str]] = ()
    flags: Sequence[str] = ()

    def invocation(self, *more_flags: str) -> list[str]:
        """Return podman's command line; variables are passed by name, so any value survives."""
        flags = [*self.flags, *more_flags]
        if _trust():
            flags += ["-e", "SSL_CERT_FILE=/authorities.crt"]
        for here, inside in (*self.mounts, *_trust()):
            flags += ["-v", f"{here}:{inside}"]
        for name, value in (self.variables or {}).items():
            flags += ["-e", f"{name}={value}" if name in _OF_THE_CLIENT else name]
        return [*PODMAN_RUN, *flags, self.image, *self.command]

    def client_environment(self) -> dict[str, str]:
        """Return the environment of podman, which hands the container's variables on."""
        passed = {k: v for k, v in (self.variables or {}).items() if k not in _OF_THE_CLIENT}
        return {**passed, "PATH": _CLIENT_PATH, "HOME": str(Path.home())}

    def run(self, *, stdin: str | None = None) -> Ended:
        """Start the container and wait for its end; without *stdin* it has none."""
        with self.started(stdin=stdin) as process:
            log, _ = process.communicate(stdin, timeout=TIMEOUT)
        return Ended(exit_code=process.returncode, log=log)

    @contextmanager
    def started(self, *, stdin: str | None = None) -> Iterator[subprocess.Popen[str]]:
        """Yield podman's process in the foreground; afterwards the container is gone."""
        name = f"alembic-ci-test-{uuid.uuid4().hex[:12]}"
        interactive = () if stdin is None else ("-i",)
        with subprocess.Popen(
            self.invocation("--rm", "--name", name, *interactive),
            env=self.client_environment(),
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    podman("rm", "--force", "--time", "0", name)

    @contextmanager
    def detached(self) -> Iterator[str]:
        """Yield the id of the container running in the background; afterwards it is gone."""
        done = subprocess.run(
            self.invocation("-d"),
            env=self.client_environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        identity = done.stdout.strip()
        try:
            yield identity
        finally:
            with suppress(subprocess.TimeoutExpired):
                podman("rm", "--force", "--time", "0", identity)


def podman(*arguments: str) -> Ended:
    """Run another podman command."""
    done = subprocess.run(
        ["podman", *arguments],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT,
    )
    return Ended(exit_code=done.returncode, log=done.stdout)


def wait_for_log(identity: str, marker: str) -> None:
    """Return once the container in the background has printed *marker*."""
    deadline = time.monotonic() + TIMEOUT
    while marker not in (log := podman("logs", identity).log):
        if time.monotonic() > deadline:
            raise AssertionError(f"{marker!r} never came:\n{log}")
        time.sleep(0.2)
