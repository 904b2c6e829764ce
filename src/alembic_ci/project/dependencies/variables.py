"""The process environment of an installation: indexes and caches, nothing that is secret to it."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from alembic_ci.environments import secret_variables

# uv reads no PIP_* variable: https://docs.astral.sh/uv/pip/compatibility/
_OF_PIP = {
    "PIP_CERT": "SSL_CERT_FILE",
    "PIP_CONSTRAINT": "UV_CONSTRAINT",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_REQUIRE_HASHES": "UV_REQUIRE_HASHES",
    "PIP_TRUSTED_HOST": "UV_INSECURE_HOST",
}
# What would make uv look at, or write into, an environment of the workspace or of an earlier step.
_MISLEADING = ("CONDA_PREFIX", "UV_SYSTEM_PYTHON", "VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")


def installation_variables(variables: Mapping[str, str], environment: Path) -> dict[str, str]:
    """Return what uv, and the build backends it starts, get to see of *variables*.

    Database URLs and CI tokens are left out, because a build runs code of the packages.
    """
    hidden = secret_variables(variables).union(_MISLEADING)
    kept = {name: value for name, value in variables.items() if name not in hidden}
    for theirs, ours in _OF_PIP.items():
        if kept.get(theirs) and ours not in kept:
            kept[ours] = kept[theirs]
    kept["NO_COLOR"] = "1"
    kept["UV_NO_PROGRESS"] = "1"
    kept["UV_PROJECT_ENVIRONMENT"] = str(environment)
    kept["VIRTUAL_ENV"] = str(environment)
    kept["PATH"] = f"{environment / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return _with_writable_home(kept)


def _with_writable_home(variables: dict[str, str]) -> dict[str, str]:
    """Give caches a place where there is no home, or none that may be written to."""
    home = variables.get("HOME", "")
    if home and os.access(home, os.W_OK):
        return variables
    spare = Path(tempfile.gettempdir()) / f"alembic-ci-home-{os.geteuid()}"
    spare.mkdir(mode=0o700, exist_ok=True)
    return {**variables, "HOME": str(spare)}
