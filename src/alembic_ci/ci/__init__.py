"""The CI hosts: they are handed strings and know nothing of what the strings tell."""
