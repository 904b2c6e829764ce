"""Start alembic-ci the way a user does, and read what it leaves behind."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warm import warm_run

_PASSED_ON = ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One finished run: its exit code, its two streams and its report folder."""

    exit_code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def report(self) -> Any:
        """The JSON report."""
        return json.loads((self.folder / "report.json").read_text())

    @property
    def everything(self) -> str:
        """All that was printed."""
        return f"{self.stdout}\n{self.stderr}"

    def database(self, environment: int = 0, database: int = 0) -> Any:
        """The report of one database."""
        return self.report["environments"][environment]["databases"][database]

    def step(self, name: str, environment: int = 0, database: int = 0) -> Any:
        """The report of one step of one database."""
        steps = self.database(environment, database)["steps"]
        return next(step for step in steps if step["name"] == name)

    def verdicts(self) -> dict[str, str]:
        """What the rollback test says of each revision."""
        proofs = self.step("rollback-test")["result"]["proofs"]
        return {proof["revision"]: proof["verdict"] for proof in proofs}


def start(
    arguments: Sequence[str], *, directory: Path, variables: Mapping[str, str]
) -> subprocess.Popen[str]:
    """Start alembic-ci in a clean process environment, and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "alembic_ci", *arguments],
        cwd=directory,
        env=_clean(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def alembic_ci(
    *arguments: str, directory: Path, variables: Mapping[str, str], timeout: float = 300
) -> Run:
    """Run alembic-ci in *directory* with these process *variables*."""
    exit_code, stdout, stderr = warm_run(
        arguments, directory=directory, variables=_clean(variables), timeout=timeout
    )
    folder = directory / "alembic-ci-report"
    return Run(exit_code=exit_code, stdout=stdout, stderr=stderr, folder=folder)


def _clean(variables: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, **variables}


def finished(process: "subprocess.Popen[str]", directory: Path, *, timeout: float = 300) -> Run:
    """Wait for a run and read what it left."""
    stdout, stderr = process.communicate(timeout=timeout)
    return Run(
        exit_code=process.returncode,
        stdout=stdout,
        stderr=stderr,
        folder=directory / "alembic-ci-report",
    )
