"""Take Alembic migrations from pull request to production, and prove each step on the way."""
