"""A command in the process of the tests ends as in a process of its own, and leaves no trace there."""

import os
import random
import sys
import warnings

import pytest

PLUGIN = """
import os
import random
import sys
import warnings

import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    for each in (meddling, leaving, crashing, warning, breaking, stopping):
        register(each.__name__, each)

def meddling(conversation):
    os.environ["MEDDLED"] = "1"
    random.seed(1)
    sys.path.append("/nowhere")
    warnings.simplefilter("always")
    import beside
    return conversation

def leaving(conversation):
    sys.exit("enough")

def crashing(conversation):
    raise ValueError("no such thing")

def warning(conversation):
    warnings.warn(f"{os.environ.get('WORD')} at {os.path.basename(os.getcwd())}")
    return conversation

def breaking(conversation):
    raise BrokenPipeError

def stopping(conversation):
    raise KeyboardInterrupt
"""
RECIPE = "loaders:\n  - files: {path: rows.jsonl}\nfilters: [%s]\n"
PREPARE = ("prepare", "recipe.yaml", "--workers", "1")


def with_filter(project, rows, name):
    files = {"recipe.yaml": RECIPE % name, "rows.jsonl": rows, "pitchpipe_local.py": PLUGIN, "beside.py": ""}
    return project(files)


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("leaving", 1, "enough"),
        ("crashing", 1, "ValueError: no such thing\nin filter 'crashing' of plugin 'pitchpipe_local'"),
        ("warning", 0, "UserWarning: hello at "),
        ("breaking", 141, ""),
        ("length", 0, ""),
        ("lenght", 2, "Did you mean 'length'?"),
    ],
)
def test_it_ends_as_in_a_process_of_its_own(project, rows, name, code, words):
    here = with_filter(project, rows, name)
    ended = [
        here.run(*PREPARE, "--name", str(process), process=process, WORD="hello") for process in (False, True)
    ]
    for outcome in ended:
        assert outcome.code == code and words in outcome.err, outcome.described()
        assert ("Traceback" in outcome.err) == (name == "crashing")
    assert ended[0].out.replace("runs/False", "runs/True") == ended[1].out


def test_what_a_command_changes_is_as_it_was(project, rows):
    here = with_filter(project, rows, "meddling")

    def state():
        modules = [name for name in ("beside", "pitchpipe_local") if name in sys.modules]
        places = os.getcwd(), sys.path[:], sys.argv
        return places, dict(os.environ), warnings.filters[:], random.getstate(), modules

    before = state()
    here.run(*PREPARE, WORD="hello").assert_success()
    assert state() == before


def test_a_plugin_that_changes_is_read_anew(project, rows):
    here = with_filter(project, rows, "crashing")
    here.run(*PREPARE).assert_failed("no such thing", code=1)
    for word in ("any", "all", "one"):  # as long as before, and within a second
        here.write({"pitchpipe_local.py": PLUGIN.replace("no such", f"{word} such")})
        here.run(*PREPARE).assert_failed(f"{word} such thing", code=1)


def test_ctrl_c_stops_the_tests(project, rows):
    with pytest.raises(KeyboardInterrupt):
        with_filter(project, rows, "stopping").run(*PREPARE)
