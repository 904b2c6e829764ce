"""Jobs of projects whose revisions a test writes."""

import sys
from pathlib import Path

import pytest

from jobs import Job, marked, url_for, variables_for
from template_projects import Written, initialised

DRIVERS = [
    marked(driver, driver=driver) for driver in ("sqlite", "postgresql+psycopg2", "mysql+pymysql")
]


def written_job(
    tmp_path: Path, driver: str, request: pytest.FixtureRequest, *parts: Written
) -> Job:
    """Return a job of a project with these revisions, on an empty database."""
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", *parts)
    url = url_for(driver, request)
    return Job(directory=directory, python=Path(sys.executable), variables=variables_for(url))
