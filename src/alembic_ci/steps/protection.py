"""Who may write to a protected environment, and when."""

from collections.abc import Mapping

from alembic_ci.ci.events import is_pull_request
from alembic_ci.environments import Environment
from alembic_ci.errors import RefusedError


def refuse_unless_allowed(environment: Environment, variables: Mapping[str, str]) -> None:
    """Raise RefusedError when this run must not write to *environment*."""
    if not environment.protected:
        return
    if is_pull_request(variables):
        raise RefusedError(
            f"{environment.name} is protected and this run belongs to a pull request. "
            "Nothing was written.",
            meaning="A pull request's code is not reviewed yet.",
            remedy="Let the pull request do `sql` and `rollback-test` only, "
            "and upgrade from the branch it is merged into.",
        )
    if not environment.named:
        raise RefusedError(
            f"{environment.name} is protected and was not named explicitly. Nothing was written.",
            meaning="It was picked by default.",
            remedy=f"Say --environments {environment.name}.",
        )
