"""Databases: connections, locks, scratch databases, schema snapshots; one dialect a file."""
