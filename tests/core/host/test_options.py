"""A component's signature is its schema."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import pytest
from msgspec import Meta

from pitchpipe.host.options import bind, describe, options_of

if TYPE_CHECKING:
    from nowhere import Nowhere


def component(conversation: "Nowhere", extra=None, *, turns: int = 2, mode: Literal["a", "b"] = "a", plain=3):
    return conversation, turns, mode, plain


@dataclass
class Made:
    path: Path
    share: Annotated[float, Meta(ge=0, le=1, description="a share")] = 0.5


def test_keyword_only_parameters_of_a_function_are_options():
    options = options_of(component)
    assert list(options) == ["turns", "mode", "plain"]
    assert options["plain"].type is int  # a default says enough


def test_parameters_of_a_class_are_options():
    options = options_of(Made)
    assert options["path"].required and not options["share"].required
    assert options["share"].description == "a share"


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("turns", "two", "expected a whole number, got 'two'."),
        ("turns", 1.5, "expected a whole number, got 1.5."),
        ("turns", True, "expected a whole number, got True."),
        ("turns", None, "expected a whole number, got None."),
        ("mode", "bb", "expected one of a, b, got 'bb'. Did you mean 'b'?"),
        ("mode", 1, "expected one of a, b, got 1."),
    ],
)
def test_a_wrong_value_says_what_was_expected(option, value, message):
    with pytest.raises(ValueError) as error:
        options_of(component)[option].check(value, Path())
    assert str(error.value) == message


def test_a_value_out_of_range_says_the_range():
    with pytest.raises(ValueError, match=r"expected a number of at least 0 and of at most 1, got 2\."):
        options_of(Made)["share"].check(2, Path())
    assert options_of(Made)["share"].check(1, Path()) == 1.0


def test_of_a_list_the_wrong_entry_is_told():
    def listed(conversation, *, of: list[Literal["json", "yaml"]] = ()):
        return conversation

    with pytest.raises(ValueError, match=r"expected one of json, yaml, got 'jsn'\. Did you mean 'json'\?"):
        options_of(listed)["of"].check(["yaml", "jsn"], Path())
    with pytest.raises(ValueError, match=r"expected a list, each entry one of json, yaml, got 'json'\."):
        options_of(listed)["of"].check("json", Path())


def test_a_path_is_seen_from_the_recipes_folder(tmp_path):
    assert options_of(Made)["path"].check("data/x.jsonl", tmp_path) == tmp_path / "data" / "x.jsonl"
    assert options_of(Made)["path"].check("/x.jsonl", tmp_path) == Path("/x.jsonl")


def test_binding():
    assert bind(component, {"turns": 5})("c") == ("c", 5, "a", 3)
    assert bind(Made, {"path": Path("x")}).share == 0.5


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (int | None, "a whole number, or null"),
        (list[str], "a list, each entry text"),
        (str | list[str], "text, or a list, each entry text"),
        (dict[str, int], "a mapping"),
        (bool, "true or false"),
    ],
)
def test_types_in_plain_words(kind, words):
    assert describe(kind) == words
