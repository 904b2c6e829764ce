"""The command line: options become settings, the application's answer the exit code.

The only reader of ``os.environ``, and the only place that knows about signals.
"""

import ctypes
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TextIO

import click

from alembic_ci.ci.forks import refuse_fork_code
from alembic_ci.ci.streams import lasting
from alembic_ci.errors import (
    SIGNAL_BASE,
    AlembicCIError,
    ExitCode,
    Interrupted,
    RefusedError,
    SettingsError,
)
from alembic_ci.flags import Commands, FlagValue, command
from alembic_ci.interface import COMMANDS
from alembic_ci.interrupting import SIGNALS, deafen, interrupt
from alembic_ci.project.ahead import Ahead
from alembic_ci.settings import Settings, default_settings, read_settings
from alembic_ci.worker.collector import importing, patient
from alembic_ci.worker.mako import without_highlighting

_STDOUT, _STDERR = 1, 2
_PR_SET_DUMPABLE = 4  # /usr/include/linux/prctl.h
_IMPORT_SECONDS = 0.02  # after which a signal in the middle of an import is looked at again


def main() -> int:
    """Run the command line of this process and return its exit code."""
    _open_standard_streams()
    _hide_memory()
    _listen_to_signals()
    try:
        code = group.main(standalone_mode=False, prog_name="alembic-ci")
        return code if isinstance(code, int) else ExitCode.PASSED
    except click.ClickException as error:
        error.show()
        return ExitCode.SETTINGS
    except AlembicCIError as error:
        _complain(error)
        return error.exit_code
    except Interrupted as interrupted:
        click.echo("Ended by a signal before anything was done.", err=True)
        return SIGNAL_BASE + interrupted.signum
    except click.Abort:
        return ExitCode.TEMPORARY
    except Exception:  # noqa: BLE001 - whatever is left is our own mistake
        _report_bug()
        return ExitCode.BUG
    finally:
        gc.freeze()  # else Python ends by looking through all of SQLAlchemy's objects: 70 ms


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Alembic migrations in CI: the SQL of every environment, a proof that each revision "
    "rolls back, a verified upgrade.\n\nEach environment's URL is read from a variable "
    "<NAME>_DATABASE_URL. Without a command, `run` is done.",
)
@click.version_option(package_name="alembic-ci", prog_name="alembic-ci")
@click.pass_context
def group(context: click.Context) -> int | None:
    """Do `run` when no command was given."""
    if context.invoked_subcommand is None:
        return _run("run", (), {})
    return None


def _run(name: str, arguments: Sequence[str], flags: Mapping[str, FlagValue]) -> int:
    variables, directory = dict(os.environ), _directory()
    settings, wrong = _settings(flags, variables)
    if name == "comment":
        return _post(settings, wrong, variables, directory)
    wrong = wrong or _unsafe(settings, variables)
    with Ahead() as ahead, patient():
        if wrong is None:
            several = name in {"run", "rollback-test"}  # which have workers for scratch databases
            ahead.guess(settings, variables, several=several, in_image=_in_image())
        # Alembic and SQLAlchemy come with it, which the process ahead imports at the same time.
        with importing(), without_highlighting():
            from alembic_ci import app  # noqa: PLC0415

        report = lasting(_STDOUT, like=sys.stdout)
        outside = app.Outside(
            variables=variables,
            directory=directory,
            report=report,
            talk=_talk(variables, report),
            colour=_wants_colour(variables, report),
            ahead=ahead,
            in_image=_in_image(),
            undisturbed=deafen,
        )
        if wrong is not None:
            return app.refuse(name, wrong, settings, outside)
        return app.run(name, arguments, settings, outside)


def _post(
    settings: Settings,
    wrong: AlembicCIError | None,
    variables: Mapping[str, str],
    directory: Path,
) -> int:
    if wrong is not None:
        raise wrong
    # Nobody else needs these.
    from alembic_ci import posting  # noqa: PLC0415
    from alembic_ci.ci.hosts import host  # noqa: PLC0415

    ci = host(variables, lasting(_STDOUT, like=sys.stdout))
    return posting.post(directory / settings.report_dir, variables, ci)


def _unsafe(settings: Settings, variables: Mapping[str, str]) -> AlembicCIError | None:
    """Return why nothing may be run here at all, not even the project's interpreter."""
    try:
        if not settings.allow_fork_code:
            refuse_fork_code(variables)
    except RefusedError as error:
        return error
    return None


def _settings(
    flags: Mapping[str, FlagValue], variables: Mapping[str, str]
) -> tuple[Settings, AlembicCIError | None]:
    """Return the settings, or the defaults and what is wrong with those that were given."""
    try:
        return read_settings(flags, variables), None
    except SettingsError as error:
        return default_settings(), error


def _talk(variables: Mapping[str, str], report: TextIO) -> TextIO:
    """Talk on stderr; on GitHub on stdout, because the runner mixes up the order of the two."""
    return report if variables.get("GITHUB_ACTIONS") else lasting(_STDERR, like=sys.stderr)


def _in_image() -> bool:
    """Tell whether this is our own container image, which its build has marked."""
    return Path(sys.prefix, "in-image").exists()


def _directory() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise SettingsError(
            f"The folder alembic-ci was started in cannot be entered: {error.strerror}.",
            meaning="It was deleted meanwhile, or belongs to another user.",
            remedy="Start it in the folder of the project.",
        ) from error


def _wants_colour(variables: Mapping[str, str], stream: TextIO) -> bool:
    """Follow https://no-color.org and FORCE_COLOR, else ask whether somebody watches."""
    if variables.get("NO_COLOR"):
        return False
    return bool(variables.get("FORCE_COLOR")) or stream.isatty()


def _callback(name: str) -> Callable[..., int]:
    def callback(arguments: tuple[str, ...] = (), **flags: FlagValue) -> int:
        named = {key.replace("_", "-"): value for key, value in flags.items()}
        return _run(name, arguments, named)

    return callback


for _definition in COMMANDS:
    group.add_command(command(_definition, _callback(_definition.name)))


def _open_standard_streams() -> None:
    """Let no file or pipe of ours get the number of a stream that we were started without."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(descriptor)


def _hide_memory() -> None:
    """Keep our variables and memory, in /proc, from processes of the same user, such as env.py's.

    See PR_SET_DUMPABLE in prctl(2); a process that may trace any other is not kept out.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _listen_to_signals() -> None:
    """Turn the first signal into an exception; later ones must not disturb the cleaning up.

    What our parent ignores for us (nohup) stays ignored.
    """

    def handle(signum: int, frame: FrameType | None) -> None:
        if _importing(frame):
            signal.signal(signal.SIGALRM, lambda _, later: handle(signum, later))
            signal.setitimer(signal.ITIMER_REAL, _IMPORT_SECONDS)
            return
        deafen()
        interrupt(signum)

    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handle)


def _importing(frame: FrameType | None) -> bool:
    """Tell whether a module is being imported.

    Before Python 3.12, an exception in the middle of that may leave locks behind for which the
    next import, on this thread or on another, waits for ever.
    """
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _complain(error: AlembicCIError) -> None:
    """Say what is wrong before there is a report to say it in."""
    parts = (f"Error: {error.problem}", error.meaning, error.remedy)
    click.echo("\n".join(part for part in parts if part), err=True)


def _report_bug() -> None:
    """Print the traceback, without what looks like a password in it."""
    from alembic_ci.redaction import Redactor  # noqa: PLC0415 - the worker starts before it is needed

    click.echo(Redactor(())(traceback.format_exc()), err=True)
    click.echo(
        "This is a mistake in alembic-ci, not in your project. Please report it with the text "
        "above and the output of `alembic-ci --version`.",
        err=True,
    )
