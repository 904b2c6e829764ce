"""The entrypoint steps aside for other programs, and survives what earlier steps left behind."""

import pytest

from image.containers import Container

pytestmark = pytest.mark.image

_FROM_THE_HOST = {
    "LD_LIBRARY_PATH": "/opt/hostedtoolcache/Python/3.11/x64/lib",
    "PYTHONHOME": "/opt/hostedtoolcache/Python/3.11/x64",
    "UV_PYTHON": "/opt/hostedtoolcache/Python/3.11/x64/bin/python",
    "VIRTUAL_ENV": "/home/runner/work/shop/shop/.venv",
}


def test_another_program_gets_its_arguments_unchanged(image: str) -> None:
    command = ("printf", "<%s>", "a b", "", "--help", "$HOME")

    assert Container(image=image, command=command).run().log == "<a b><><--help><$HOME>"


def test_another_programs_exit_code_is_the_containers(image: str) -> None:
    assert Container(image=image, command=("sh", "-c", "exit 42")).run().exit_code == 42


def test_another_program_reads_the_standard_input(image: str) -> None:
    assert Container(image=image, command=("cat",)).run(stdin="line\n").log == "line\n"


def test_another_program_dies_of_a_broken_pipe_as_usual(image: str) -> None:
    command = ("sh", "-c", "yes 2>&1 | head -n 1")

    assert Container(image=image, command=command).run().log == "y\n"


def test_paths_of_the_host_do_not_stop_our_command(image: str) -> None:
    ended = Container(image=image, command=("--help",), variables=_FROM_THE_HOST).run()

    assert ended.exit_code == 0, ended.log


def test_paths_of_the_host_are_gone_for_other_programs(image: str) -> None:
    script = "/opt/alembic-ci/bin/python -c 'import ssl' && env"
    ended = Container(image=image, command=("sh", "-c", script), variables=_FROM_THE_HOST).run()

    assert ended.exit_code == 0, ended.log
    assert not [name for name in _FROM_THE_HOST if name in ended.log]


def test_paths_that_exist_are_kept(image: str) -> None:
    variables = {"LD_LIBRARY_PATH": "/nowhere:/usr/lib", "VIRTUAL_ENV": "/opt/alembic-ci"}
    ended = Container(image=image, command=("env",), variables=variables).run()

    assert {"LD_LIBRARY_PATH=/usr/lib", "VIRTUAL_ENV=/opt/alembic-ci"} <= set(ended.log.split())


def test_unbalanced_quotes_in_args_are_explained(image: str) -> None:
    variables = {"GITHUB_ACTIONS": "true", "INPUT_COMMAND": "alembic", "INPUT_ARGS": "show 'head"}
    ended = Container(image=image, variables=variables).run()

    assert ended.exit_code == 2
    assert "`args`" in ended.log
    assert "Traceback" not in ended.log


def test_a_module_in_the_workspace_is_never_imported_in_place_of_ours(image: str) -> None:
    script = "cd /tmp && echo 'raise SystemExit(9)' | tee click.py alembic.py >logging.py && exec "
    entrypoint = "/opt/alembic-ci/bin/python -I /opt/alembic-ci/entrypoint.py --help"
    variables = {"PYTHONPATH": "/tmp"}
    ended = Container(
        image=image, command=("sh", "-c", script + entrypoint), variables=variables
    ).run()

    assert ended.exit_code == 0, ended.log
