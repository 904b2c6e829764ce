"""The child process that runs ``env.py`` and revisions on the project's own interpreter.

It imports the standard library and the project's Alembic and SQLAlchemy, nothing else, and must
run on Python 3.9. It does one thing when told and reports what happened; every decision is taken
in the tool's process.
"""
