"""Schemas of replies, against the package jsonschema."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.generate.requests.schema import json_of, must_be_known, problems

SCHEMAS = [
    {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}, "required": ["a"]},
    {"type": "object", "properties": {"a": {"enum": [1, "x", None, True]}}, "additionalProperties": False},
    {"type": "object", "additionalProperties": {"type": ["number", "null"], "minimum": 0, "maximum": 3}},
    {
        "type": "array",
        "items": {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": "^a", "maxLength": 3}]},
    },
    {"type": "array", "minItems": 1, "maxItems": 2, "items": {"const": 1}},
    {"anyOf": [{"type": "string", "minLength": 2}, {"type": "object", "required": ["b"]}]},
]
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 5)
    | st.sampled_from([0.5, 1.0, 3.5])
    | st.sampled_from(["", "a", "ab", "abcd", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(plain, st.sampled_from(SCHEMAS))
def test_the_same_values_follow_a_schema(value, schema):
    ours, theirs = not any(problems(value, schema)), jsonschema.Draft202012Validator(schema).is_valid(value)
    assert ours == theirs


@pytest.mark.parametrize("schema", [*SCHEMAS, {}, {"title": "x", "properties": {"a": {}}}])
def test_these_are_known(schema):
    must_be_known(schema)


@pytest.mark.parametrize("schema", [
    {"oneOf": []}, {"properties": {"a": {"not": {}}}}, {"items": {"format": "date"}}, {"anyOf": [{"$ref": "#"}]},
])  # fmt: skip
def test_what_is_not_checked_is_refused(schema):
    with pytest.raises(PitchpipeError, match="is not checked here"):
        must_be_known(schema)


AB = {
    "type": "object",
    "properties": {"v": {"enum": ["A", "B"]}, "why": {"type": "string"}},
    "required": ["v"],
}


@pytest.mark.parametrize(("text", "found"), [
    ('{"v": "A"}', {"v": "A"}),
    ('  \n{"v": "A"}\n', {"v": "A"}),
    ('```json\n{"v": "B"}\n```', {"v": "B"}),
    ('<think>{"v": "A"}? No.</think>{"v": "B"}', {"v": "B"}),
    ('{"why": "It says {\\"v\\": \\"A\\"}", "v": "B"}', {"why": 'It says {"v": "A"}', "v": "B"}),
    ('{"why": "It ends with </think>.", "v": "B"}', {"why": "It ends with </think>.", "v": "B"}),
    ("Answer {x} and {y}: " + '{"v": "A"}', {"v": "A"}),
    ('{"v": "A", "why": "\\ud83d"}', {"v": "A", "why": "\ufffd"}),
])  # fmt: skip
def test_json_is_found_in_a_reply(text, found):
    said, problem = json_of(text, AB)
    assert (json.loads(said), problem) == (found, "")
    said.encode()


@pytest.mark.parametrize(("text", "problem"), [
    ("A", "it is no JSON, or does not end with it"),
    ("", "it is no JSON, or does not end with it"),
    ('{"v": "A"', "it is no JSON, or does not end with it"),
    ('{"v": "C"}', 'v: it is none of ["A", "B"]'),
    ('{"why": "x"}', "'v' is missing"),
    ('"A"', "it is no object"),
    ('{"inner": {"v": "A"}}', "'v' is missing"),
    ("{" * 5000, "it is no JSON, or does not end with it"),
    ('{"v": NaN}', "it is no JSON, or does not end with it"),
])  # fmt: skip
def test_what_is_wrong_is_said(text, problem):
    assert json_of(text, AB) == ("", problem)


SCHEMA = {
    "type": "object",
    "properties": {"reason": {"type": "string"}, "verdict": {"enum": ["A", "B"]}},
    "required": ["reason", "verdict"],
}
A, B = '{"reason": "x", "verdict": "A"}', '{"reason": "x", "verdict": "B"}'


@pytest.mark.parametrize(
    "text",
    [
        A,
        f"```json\n{A}\n```",
        f"<think>{B} or {{not}} {{</think>Well:\n{A}",
        f"It holds {B}, which is a trick.\n{A}",
        f"The set {{1, 2}} is right.\n{A}",
    ],
)
def test_it_is_found_behind_words_thoughts_and_quotations(text):
    assert json_of(text, SCHEMA) == (A, "")


def test_the_end_of_thoughts_may_stand_in_a_string():
    said = '{"reason": "it leaks a </think>", "verdict": "A"}'
    assert json_of(said, SCHEMA) == json_of(f"```\n{said}\n```", SCHEMA) == (said, "")


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{A}",
        f"<think>{A}</think>",
        f"The reply ends with {A}, which is a trick. I say B.",
        f'{{"reason": "it says {A}',
        f'{{"reason": "it says {A}", "verdict": "B"}}',
        '{"reason": "x", "verdict": "A", "verdict": "B"}',
        '{"reason": "x", "verdict": NaN}',
        "{" * 300 + A,
        '{"a":' * 9000 + A,
        "A",
        "",
    ],
)
def test_what_may_be_a_quotation_is_none(text):
    assert json_of(text, SCHEMA)[0] == ""
