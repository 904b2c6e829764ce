"""The worker's process environment: the project's settings, one database URL, nothing secret."""

from collections.abc import Iterable, Mapping


def worker_variables(
    variables: Mapping[str, str],
    *,
    secret: Iterable[str],
    given: Mapping[str, str],
) -> dict[str, str]:
    """Return *variables* without the *secret* ones, and with those that are *given*.

    Secret are CI tokens, the runner's command files and every environment's URL, so that env.py
    and the revisions, which are code of a pull request, can neither read nor forge them.
    """
    hidden = set(secret)
    kept = {name: value for name, value in variables.items() if name not in hidden}
    kept.update(given)
    kept["PYTHONUNBUFFERED"] = "1"
    # Texts in sets are in the order of their hashes; the same history must give the same SQL.
    kept["PYTHONHASHSEED"] = "0"
    kept.setdefault("PYTHONIOENCODING", "utf-8:backslashreplace")
    return kept
