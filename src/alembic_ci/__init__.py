"""Take Alembic migrations from pull request to production, and prove each step on the way."""

from importlib.metadata import version

__version__ = version("alembic-ci")
