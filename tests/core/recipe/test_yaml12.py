"""Recipes are YAML 1.2, not the 1.1 that PyYAML reads."""

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.yaml12 import Document, read


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
    document = Document("a:\n  - b: 1\n  - c\nd: {e: 2}\n", "r.yaml")
    assert document.lines["a", 1, "b"] == 2 and document.lines["a", 2] == 3 and document.lines["d", "e"] == 4


def test_a_doubled_key_is_a_problem():
    (problem,) = Document("a: 1\nb:\n  c: 1\n  c: 2\n", "r.yaml").problems
    assert str(problem) == "r.yaml:4: b.c: this key was given before, at line 3"


def test_what_is_not_yaml_is_told_with_its_line():
    with pytest.raises(PitchpipeError, match=r"r.yaml:[23]: this is not YAML"):
        Document("a: 1\nb: [1, 2\n", "r.yaml")


def test_an_alias_inside_itself_ends():
    with pytest.raises(PitchpipeError, match="nested too deep"):
        Document("a: &x\n  - *x\n", "r.yaml")
