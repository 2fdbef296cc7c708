"""The recipe that sniff proposes is what a run reads."""

import pytest

from pitchpipe.host.host import Host
from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_tools.recipe_file.load import load
from pitchpipe_tools.recipe_file.yaml12 import read
from pitchpipe_tools.sniff.propose import flow_style
from tests.tools.sniff.sniffed import ASKED, checked, lines, proposed


def test_it_is_written_for_the_folder_it_stands_in(sniff, tmp_path):
    (tmp_path / "recipes").mkdir()
    code, said = sniff(
        "data/my rows.jsonl", "--write", "recipes/r.yaml", files={"data/my rows.jsonl": lines(ASKED)}
    )
    assert code == 0 and "written to recipes/r.yaml" in said
    recipe = load(tmp_path / "recipes/r.yaml", Host.from_environment(tmp_path))
    assert [file.resolve() for file in recipe[LOADERS][0].loader.bound.inputs()] == [
        tmp_path / "data/my rows.jsonl"
    ]
    before = (tmp_path / "recipes/r.yaml").read_text()
    code, said = sniff("data/my rows.jsonl", "--write", "recipes/r.yaml")
    assert code == 2 and "is there already" in said and (tmp_path / "recipes/r.yaml").read_text() == before
    code, said = sniff("data/my rows.jsonl", "--write", "nowhere/r.yaml")
    assert code == 2 and "has no folder" in said


def test_options_of_the_loader_go_into_the_recipe(sniff, tmp_path):
    text = "instruction,output\nSag hallo,Grüß Gott\n".encode("latin-1")
    code, said = sniff("a.dat", "--option", "kind=csv", "--option", "encoding=latin-1", files={"a.dat": text})
    assert code == 0 and "- files: {path: a.dat, kind: csv, encoding: latin-1}" in said
    assert checked(proposed(said), tmp_path)[LOADERS][0].loader.options["encoding"] == "latin-1"


@pytest.mark.parametrize(
    "value",
    [
        "a.jsonl",
        "data/a-b_c.jsonl",
        "../x/y.json",
        "my rows.jsonl",
        "1e5",
        "-1",
        "0x1F",
        "true",
        "Null",
        "~",
        "no",
        "**/*.json",
        "a: b",
        "a#b",
        "[a]",
        "{a}",
        "é/ü.json",
        "7.jsonl",
        "'",
        '"',
        "a\\b",
        ".inf",
        ".nan",
        "2e-4",
        "_1",
    ],
)
def test_text_in_the_recipe_stays_text(value):
    assert read(f"- {flow_style({value: value})}") == [{value: value}]
