"""The command line: every command helps, and errors end in one block."""

import subprocess
import sys

import pytest

from pitchpipe_tools.plugin import COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps(project, command):
    out = project().run(command, "--help").assert_success().out
    assert out.startswith(f"Usage: pitchpipe {command}") and len(out.splitlines()) > 6


def test_a_misspelt_command(project):
    project().run("chek").assert_failed("no command 'chek'. Did you mean 'check'?")
    project().run("check").assert_failed("Missing argument 'RECIPE'")
    project().run("run", "quickstart", "--untill", "train").assert_failed("No such option '--untill'")


def test_a_full_disk_is_said_in_one_line(project, rows):
    local = "import errno\nimport pitchpipe as pp\n\n@pp.hookimpl\ndef register_filters(register):\n    register('full', full)\n\ndef full(conversation):\n    raise OSError(errno.ENOSPC, 'No space left on device')\n"
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters: [full]\n"
    outcome = project({"recipe.yaml": recipe, "rows.jsonl": rows, "pitchpipe_local.py": local}).run(
        "run", "recipe.yaml"
    )
    outcome.assert_failed("the disk is full. Make room; the same command goes on from here.")
    assert "Traceback" not in outcome.err


def test_a_reader_who_leaves_early_is_no_error():
    shell = f"{sys.executable} -m pitchpipe schema | head -1"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert done.stdout == "{\n" and "Traceback" not in done.stderr
