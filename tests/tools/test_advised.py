"""Every command and every option that a message of ours advises is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click

from pitchpipe.cli import Commands
from pitchpipe.host.host import Host
from pitchpipe.recipe.checked import sections_of

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(
    r"(?:^|[:`'(] ?|\s\s|\$ )pitchpipe ([a-z]+)\b((?: +(?:[A-Z{<./-][^ `'\"|)]*|\w+))*)", re.M
)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
SET = re.compile(r"--set '?([a-z_]+)[.=+]")
PROSE = {"turns", "recipe"}  # words that follow "pitchpipe" at the beginning of a text
OTHERS = {"--help", "--porcelain", "--logdir"}  # of every command, of git, of tensorboard
# Texts about these name options of theirs, and so do the files that write commands of engines.
FOREIGN = re.compile(
    "torchrun|accelerate|--mixed_precision|benchmarks/|vllm|sglang|llama-server|llama.cpp|ollama"
)
OF_ENGINES = re.compile(r"exporters/(adapter|serving|gguf/\w+)\.py|serve/hand_over\.py")


def texts() -> Iterator[tuple[str, str]]:
    """Each text of the source with its place; what an f-string fills in is {}."""
    for root in ("core", "plugins"):
        for file in sorted((ROOT / root).rglob("*.py")):
            tree = ast.parse(file.read_text("utf-8"))
            inside = {
                id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.JoinedStr):
                    parts = (str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", "".join(parts)
                elif (
                    isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
                ):
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node.value


def commands() -> dict[str, set[str]]:
    """Our commands, and the options of each."""
    group = Commands("pitchpipe")
    own = [command.name for command in Host.from_environment().commands()]
    made = {name: group.get_command(click.Context(group), name) for name in own}
    return {
        name: {word for parameter in command.params for word in parameter.opts}
        for name, command in made.items()
    }


def test_each_command_is_there_and_has_the_options_beside_it():
    known, advised = commands(), 0
    for place, text in texts():
        for name, rest in COMMAND.findall(text):
            assert name in known or name in PROSE, f"{place}: pitchpipe {name}"
            for option in OPTION.findall(rest) if name in known else ():
                assert option in known[name] | OTHERS, f"{place}: pitchpipe {name} {option}"
            advised += name in known
    assert advised > 10


def test_each_option_is_of_some_command():
    options, advised = set().union(*commands().values()) | OTHERS, 0
    for place, text in texts():
        is_theirs = FOREIGN.search(text) or OF_ENGINES.search(place)
        for option in OPTION.findall(text) if not is_theirs else ():
            assert option in options, f"{place}: {option}"
            advised += 1
    assert advised > 40


def test_each_setting_is_of_a_section():
    host, advised = Host.from_environment(), 0
    sections = {section.name for section in sections_of(host)}
    sections |= {option for exporter in host.all("exporter") for option in exporter.options}  # of `export`
    for place, text in texts():
        for section in SET.findall(text):
            assert section in sections | {"section", "x"}, f"{place}: --set {section}"
            advised += 1
    assert advised > 2
