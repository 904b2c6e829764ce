"""A migration's session on a database of its own."""

from collections.abc import Iterator

import pytest

from alembic_ci.urls import DatabaseURL
from integration.postgresql.session import Session


@pytest.fixture
def session(postgresql_url: DatabaseURL) -> Iterator[Session]:
    opened = Session(postgresql_url)
    yield opened
    opened.close()
