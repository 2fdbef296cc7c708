"""The prompts that come with pitchpipe, and files of a user's own."""

import json

import pytest

import pitchpipe as pp
from pitchpipe_components.evaluators.instructions.constraint import CHECKS
from pitchpipe_components.evaluators.instructions.questions import BUILT_IN, SEVERAL, questions
from pitchpipe_components.evaluators.own_file import some

SOUND = {"prompt": "Say it.", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}


def test_the_built_in_set_asks_for_every_constraint():
    every = questions(BUILT_IN)
    assert len(every) >= 120 and len({question.prompt for question in every}) == len(every)
    assert {one.name for question in every for one in question.constraints} == set(CHECKS)
    assert sum(question.kind == SEVERAL for question in every) >= 15


NUMBERS = {1: "one single once first", 2: "two second twice", 3: "three third", 4: "last"}


def test_its_prompts_state_their_arguments():
    """What a program counts is said to the model: each number, each word."""
    for question in questions(BUILT_IN):
        low = question.prompt.lower()
        for one in question.constraints:
            for name, value in one.arguments.items():
                if name == "language" or name == "signs" or "relation" in name:
                    continue
                for each in value if isinstance(value, list) else [value]:
                    said = [str(each).lower(), *NUMBERS.get(each, "").split()]
                    assert any(word in low for word in said), (question, name, each)


def test_a_file_of_ifeval_is_read(tmp_path):
    """As on the hub: with every argument of any constraint in each object, null where it is not asked for."""
    nulls = dict.fromkeys(["keywords", "num_words", "relation", "language", "letter", "end_phrase"])
    row = {
        "key": 1001, "prompt": "Write.", "instruction_id_list": ["punctuation:no_comma", "length_constraints:number_words"],
        "kwargs": [nulls, {**nulls, "num_words": 300, "relation": "at least"}],
    }  # fmt: skip
    file = tmp_path / "ifeval.jsonl"
    file.write_text(json.dumps(row) + "\n\n")
    (question,) = questions(file)
    assert question.id == "instructions:1001" and question.kind == SEVERAL
    assert [str(one) for one in question.constraints] == [
        "no comma",
        "number words (num_words 300, relation at least)",
    ]


def test_a_limit_takes_some_of_all_kinds():
    every = questions(BUILT_IN)
    few = some(every, 12)
    assert len(few) == 12 and {question.kind for question in few} == {question.kind for question in every}
    assert some(every, 10_000) == some(every, None) == every


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["{"], "rows.jsonl:1: Input data was truncated"),
        (
            [json.dumps(SOUND), '{"prompt": "Say it."}'],
            "rows.jsonl:2: Object missing required field `instruction_id_list`",
        ),
        ([json.dumps(SOUND | {"instruction_id_list": []})], "as many `kwargs` as there are"),
        ([json.dumps(SOUND | {"kwargs": []})], None),
        ([json.dumps(SOUND | {"kwargs": [{}, {}]})], "as many `kwargs` as there are"),
        ([json.dumps(SOUND | {"instruction_id_list": ["no_comma"]})], "no constraint 'no_comma'"),
        ([json.dumps(SOUND | {"key": 1})] * 2, "rows.jsonl:2: the same key as line 1"),
        ([""], "holds no prompts"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, lines, words):
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(lines))
    if words is None:
        assert questions(file)
        return
    with pytest.raises(pp.PitchpipeError) as raised:
        questions(file)
    assert words in str(raised.value)
