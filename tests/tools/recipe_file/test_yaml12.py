"""Recipes are YAML 1.2, not the 1.1 that PyYAML reads."""

from pathlib import Path

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.recipe_file.yaml12 import read, read_text


def document_of(text):
    return read_text(text, Path("r.yaml"))


def lines(document, *keys):
    return [document.place(key).line for key in keys]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2e-4", 0.0002),
        ("1e3", 1000.0),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("~", None),
        ("", None),
        ("010", 10),
        ("0o10", 8),
        ("0x1f", 31),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        (".inf", float("inf")),
        ("'1'", "1"),
        ("[1, a]", [1, "a"]),
    ],
)
def test_scalars(text, value):
    assert read(text) == value and type(read(text)) is type(value)


def test_every_value_has_its_line():
    document = document_of("a:\n  - b: 1\n  - c\nd: {e: 2}\n")
    assert lines(document, ("a", 1, "b"), ("a", 2), ("d", "e")) == [2, 3, 4]


def test_a_doubled_key_is_a_problem():
    (problem,) = document_of("a: 1\nb:\n  c: 1\n  c: 2\n").problems
    assert str(problem) == "r.yaml:4: b.c: this key was given before, at line 3"


def test_what_is_not_yaml_is_told_with_its_line():
    with pytest.raises(PitchpipeError, match=r"r.yaml:[23]: this is not YAML"):
        document_of("a: 1\nb: [1, 2\n")


def test_an_alias_inside_itself_ends():
    with pytest.raises(PitchpipeError, match="nested too deep"):
        document_of("a: &x\n  - *x\n")


def test_a_mapping_merges_another_one():
    document = document_of("a: &a\n  x: 1\n  y: {z: 2}\nb:\n  <<: *a\n  x: 3\n")
    assert document.data == {"a": {"x": 1, "y": {"z": 2}}, "b": {"x": 3, "y": {"z": 2}}}
    assert lines(document, ("b", "x"), ("b", "y"), ("b", "y", "z")) == [6, 3, 3] and not document.problems


def test_the_first_of_several_merged_mappings_counts_and_merges_chain():
    text = "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: [*b, {x: 5, z: 6}]}\n"
    assert document_of(text).data["c"] == {"y": 2, "x": 1, "z": 6}


@pytest.mark.parametrize("merged", ["1", "[1]", "&a {<<: *a}"])
def test_what_cannot_be_merged_is_told(merged):
    with pytest.raises(PitchpipeError, match=r"r.yaml:2.*(expected a mapping|not YAML)"):
        document_of(f"a: 1\nb: {{<<: {merged}}}\n")


def test_two_merges_in_one_mapping_are_a_doubled_key():
    (problem,) = document_of("a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n").problems
    assert "r.yaml:4: b.<<: this key was given before, at line 3" in str(problem)


def test_a_key_in_quotes_merges_nothing():
    assert document_of("a: {'<<': 1}\n").data == {"a": {"<<": 1}}


def test_aliases_that_multiply_end():
    levels = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 20))
    with pytest.raises(PitchpipeError, match="nested too deep"):
        document_of(f"a0: &a0 [1]\n{levels}\n")
