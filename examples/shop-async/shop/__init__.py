"""A small shop whose application talks to the database asynchronously."""
