"""The project's own dependencies, installed into an environment of their own by uv.

What is declared is found (``manifests``), turned into commands (``recipes``), and carried out in a
folder outside the workspace (``installing``).
"""
