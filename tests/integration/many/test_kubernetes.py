"""The manifests in examples/kubernetes: valid, harmless in a cluster, right about our options."""

from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml

from tenants import called, files, project, tables

_FOLDER = Path(__file__).parents[3] / "examples" / "kubernetes"
_MANIFESTS = sorted(_FOLDER.glob("*.yaml"))
_OLDEST = "1.33"  # where backoffLimitPerIndex is no longer an experiment


def _pod(manifest: Path) -> Any:
    return yaml.safe_load(manifest.read_text())["spec"]["template"]["spec"]


@pytest.mark.parametrize("manifest", _MANIFESTS, ids=lambda path: path.stem)
def test_the_manifest_is_one_that_kubernetes_takes(manifest: Path) -> None:
    documents = list(yaml.safe_load_all(manifest.read_text()))

    for document in documents:
        kubernetes_validate.validate(document, _OLDEST, strict=True)

    assert len(documents) == 1


@pytest.mark.parametrize("manifest", _MANIFESTS, ids=lambda path: path.stem)
def test_the_pod_may_do_no_more_than_it_must(manifest: Path) -> None:
    pod = _pod(manifest)
    (container,) = pod["containers"]

    own = container["securityContext"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert own["readOnlyRootFilesystem"] is True
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert "/tmp" in {mount["mountPath"] for mount in container["volumeMounts"]}
    assert pod["restartPolicy"] == "Never"


def test_the_pods_of_the_indexed_job_upgrade_every_database_once(tmp_path: Path) -> None:
    folder, databases = project(tmp_path / "project"), files(tmp_path, 9)
    urls = tmp_path / "urls"
    urls.write_text("".join(f"{label}=sqlite:///{path}\n" for label, path in databases.items()))
    job = yaml.safe_load((_FOLDER / "indexed-job.yaml").read_text())["spec"]
    (container,) = job["template"]["spec"]["containers"]
    arguments = [item for item in container["args"] if not item.startswith("--report-dir")]

    done = []
    for index in range(job["completions"]):
        variables = {"PROD_DATABASE_URLS_FILE": str(urls), "JOB_COMPLETION_INDEX": str(index)}
        run = called(*arguments, directory=folder, variables=variables)
        assert run.exit_code == 0, run.text
        done += [item["label"] for item in run.report["environments"][0]["databases"]]

    assert sorted(done) == list(databases)
    assert all("t0002" in tables(path) for path in databases.values())
