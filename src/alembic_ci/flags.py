"""The commands of the interface as click shows them: options by topic, none that does not concern.

The flags of a command reach its callback under the names that the options have.
"""

from collections.abc import Callable, Sequence

import click

from alembic_ci.interface import COMMANDS, TOPICS, Command, Kind, Option

FlagValue = str | Sequence[str] | bool | None
_REPEATED = (Kind.LIST, Kind.MAPPING)


class _ClickCommand(click.Command):
    """A command whose help has a section for each topic."""

    def __init__(
        self,
        definition: Command,
        parameters: list[click.Parameter],
        callback: Callable[..., int],
    ) -> None:
        super().__init__(
            definition.name, help=definition.help, params=parameters, callback=callback
        )
        self.definition = definition

    def format_options(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options that concern this command, under their topics' titles."""
        context = click.Context(self)
        records = {item.name: item.get_help_record(context) for item in self.get_params(context)}
        for topic in TOPICS:
            named = [records.pop(option.attribute) for option in topic.of(self.definition)]
            _write(formatter, topic.title, named)
        _write(formatter, "Other", list(records.values()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and say of an option of another command whose it is."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            owners = _commands_with(error.option_name)
            if not owners:
                raise
            raise click.UsageError(
                f"{error.option_name} does not concern {self.name}, only {', '.join(owners)}.", ctx
            ) from error


class Commands(click.Group):
    """The commands; flags that come without one are those of `run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and put in the command that is not there."""
        own = {name for item in self.get_params(ctx) for name in item.opts}
        first = args[0].partition("=")[0] if args else ""
        without = first.startswith("-") and first not in own
        return super().parse_args(ctx, ["run", *args] if without else args)


def command(definition: Command, callback: Callable[..., int]) -> click.Command:
    """Return a command of the interface, which calls ``callback(arguments, **flags)``."""
    parameters: list[click.Parameter] = [
        _option(option) for topic in TOPICS for option in topic.of(definition)
    ]
    if definition.name == "alembic":
        parameters.append(
            click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED, metavar="-- ARGS")
        )
    return _ClickCommand(definition, parameters, callback)


def _option(option: Option) -> click.Option:
    default = f" [default: {option.default}]" if option.default else ""
    flag = option.kind is Kind.FLAG
    return click.Option(
        [f"--{option.name}", option.attribute],
        is_flag=flag,
        default=None,
        multiple=option.kind in _REPEATED,
        metavar=None if flag else option.metavar,
        help=option.help + ("" if flag else default),
    )


def _commands_with(flag: str) -> list[str]:
    topics = [topic for topic in TOPICS if flag in {f"--{option.name}" for option in topic.options}]
    return [
        command.name
        for command in COMMANDS
        if any(flag == f"--{o.name}" for topic in topics for o in topic.of(command))
    ]


def _write(
    formatter: click.HelpFormatter, title: str, records: Sequence[tuple[str, str] | None]
) -> None:
    shown = [record for record in records if record]
    if shown:
        with formatter.section(title):
            formatter.write_dl(shown)
