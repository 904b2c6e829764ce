"""env.py and the revisions are code of a pull request: what they can do to the job around them."""

import json
import shutil
from pathlib import Path

import pytest

from image.building import ROOT
from image.github_runner import Job

pytestmark = pytest.mark.image

_SECRETS = {
    "GITHUB_TOKEN": "ghs_tokentokentoken",
    "STAGE_DATABASE_URL": "postgresql://root:stagepassword@stage.example/shop",
}
# Everything such code has been seen to try, and then some. Writing to descriptors comes last: it is
# noticed at once, and ends the process.
_HOSTILE = """
import os, pathlib, signal, sys

seen = [repr(dict(os.environ))]
for process in pathlib.Path("/proc").glob("[0-9]*"):
    for name in ("environ", "cmdline", "mem", "maps"):
        try:
            seen.append(str((process / name).open("rb").read(1_000_000)))
        except OSError:
            pass
pathlib.Path("seen.txt").write_text("\\n".join(seen))
for folder, _, files in os.walk("/github/file_commands"):
    for name in files:
        with open(os.path.join(folder, name), "a") as file:
            file.write("status=passed\\nforged=yes\\n")
for stream in (sys.stdout, sys.stderr):
    print("::set-output name=forged::yes", file=stream)
    print("::error::forged by a revision", file=stream, flush=True)
for descriptor in range(3, 64):
    try:
        os.write(descriptor, b'{"event": "ended", "calls": 1}\\n')
    except OSError:
        pass
"""


def test_hostile_code_reads_no_secret_and_forges_nothing(image: str, tmp_path: Path) -> None:
    workspace = shutil.copytree(ROOT / "tests/projects/downgrade_raises", tmp_path / "checkout")
    env_file = workspace / "migrations" / "env.py"
    env_file.write_text(_HOSTILE + env_file.read_text())
    job = Job(image=image, workspace=workspace, temp=tmp_path / "temp")

    step = job.run({}, {"DATABASE_URL": "sqlite:////github/home/x.db", **_SECRETS})

    assert (workspace / "seen.txt").exists(), step.log
    seen = (workspace / "seen.txt").read_text()
    assert "tokentoken" not in seen
    assert "stagepassword" not in seen
    assert step.exit_code != 0
    assert step.outputs["status"] == "failed"
    assert "forged" not in json.dumps({**step.outputs, **step.exported})
    assert "forged" not in step.summary.split("output")[0]
