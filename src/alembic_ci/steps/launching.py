"""How the worker of a group of databases is started."""

from collections.abc import Callable, Sequence

from alembic_ci.project.spawn import Spawn, url_names
from alembic_ci.project.worker import Launch
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Context
from alembic_ci.steps.session_settings import session_settings, unhurried


def launch_of(
    context: Context,
    bindings: Sequence[Binding],
    *,
    scratch: bool = False,
    others: Sequence[str] = (),
    meanwhile: Callable[[], None],
) -> Launch:
    """Describe the worker for *bindings*, which are migrated together.

    *meanwhile* is called now and then while it is busy; *scratch* means throw-away databases,
    beside which there are *others*.
    """
    settings, first = context.settings, bindings[0]
    spawn = Spawn.on(
        first.url,
        url_names(settings, first.variable),
        interpreter=context.interpreter,
        directory=context.project.directory,
        variables=context.variables,
    )
    return Launch(
        project=context.project,
        spawn=spawn.in_schema(first.schema) if first.schema else spawn,
        urls=_section_urls(bindings),
        schema=first.schema,
        start_timeout=settings.start_timeout,
        step_timeout=settings.step_timeout,
        listen=context.progress.foreign,
        sessions=unhurried(context) if scratch else session_settings(context),
        meanwhile=meanwhile,
        others=others,
    )


def _section_urls(bindings: Sequence[Binding]) -> dict[str, str]:
    """The URL goes into the main section; with several engines each goes into its own."""
    urls = {binding.engine: binding.url.render() for binding in bindings}
    urls.setdefault("", bindings[0].url.render())
    return urls
