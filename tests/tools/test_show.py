"""A component is explained with its options."""

import re

import pytest

from pitchpipe.host.hookspecs import KINDS
from pitchpipe.host.host import Host


def test_show_explains_a_component(project):
    out = project().run("show", "trainer", "sft").assert_success().out
    for words in (
        "trainer 'sft' of plugin 'trainers' (pitchpipe 0.1.0)",
        "trainers/sft.py:",
        "learning_rate",
        "a number above 0",
        "0.0002",
    ):
        assert words in out
    project().run("show", "trainer", "stf").assert_failed("no trainer 'stf'. Did you mean 'sft'?")
    project().run("show", "trainers", "sft").assert_failed("Invalid value for 'KIND'")


def test_show_tells_the_options_that_a_section_gives_to_all(project):
    out = project(COLUMNS="160").run("show", "guard", "pii").assert_success().out
    own, _, shared = out.partition("Every guard takes these too:")
    assert "kinds" in own and "window" not in own and "window" in shared and "answer" in shared
    assert "Every" not in project().run("show", "trainer", "sft").assert_success().out


@pytest.mark.parametrize("command", ["show", "new"])
def test_help_names_every_kind(project, command):
    out = project().run(command, "--help").assert_success().out
    kinds = out[out.index("KIND is ") :].partition(". ")[0].replace(",", "").split()
    assert "embedder" in kinds and set(KINDS) <= {kind.rstrip(".") for kind in kinds}


def test_show_says_where_an_explanation_is_missing(project, install):
    code = "import pitchpipe as pp\n\n@pp.hookimpl\ndef register_filters(register):\n    register('mute', mute)\n\ndef mute(conversation):\n    return conversation\n"
    install("mute", code)
    out = project().run("show", "filter", "mute").assert_success().out
    assert "It has no docstring." in out and "<function" not in out


@pytest.mark.parametrize(
    "command", [["show", "filter"], ["show", "filter", "length"], ["show", "trainer", "sft"], ["plugins"]]
)
def test_tables_hold_at_80_columns(project, command):
    """No line is wider, and no name is broken."""
    out = project().run(*command, COLUMNS="80").assert_success().out
    table = out[out.index("───") :].splitlines()
    assert max(map(len, table)) <= 80
    first = [line.split()[0] for line in table[1:] if re.match(r" \S", line)]
    known = {component.name for component in Host.from_environment().all("filter")}
    if command == ["show", "filter"]:
        assert set(first) >= known and not [name for name in first if name not in known and ":" not in name]


def test_a_docstring_flows(project):
    out = project().run("show", "filter", "length", COLUMNS="80").assert_success().out
    paragraph = next(line for line in out.splitlines() if line.startswith("White space around"))
    assert paragraph.endswith("the filter `tokens`.")
