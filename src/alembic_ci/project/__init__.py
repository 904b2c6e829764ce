"""The user's Alembic project: where it is, which interpreter runs it, and the worker that does."""
