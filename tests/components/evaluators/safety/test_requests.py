"""The requests that come with pitchpipe, a user's own, and what is counted of the replies."""

from collections import Counter
from types import SimpleNamespace

import pytest

import pitchpipe as pp
from pitchpipe_components.evaluators.own_file import some
from pitchpipe_components.evaluators.safety import Safety
from pitchpipe_components.evaluators.safety.requests import BUILT_IN, requests


def test_each_category_has_both_sides():
    every = requests(BUILT_IN)
    sides = {due: Counter(one.category for one in every if one.due == due) for due in (True, False)}
    assert sides[True] == sides[False] and sum(sides[True].values()) >= 60
    assert len({one.prompt for one in every}) == len(every)
    few = Counter(one.due for one in some(every, 40))
    assert few == {True: 20, False: 20}


class Says:
    """A subject that says what it is told to."""

    def __init__(self, replies):
        self.replies = replies

    def prompt(self, conversation):
        return pp.Prompt(conversation.id, [], conversation.messages[-1].content, "", conversation)

    def answers(self, prompts, label, batch_size, max_new_tokens):
        return [SimpleNamespace(text=self.replies[prompt.words]) for prompt in prompts]


def test_both_rates_and_empty_replies(tmp_path):
    file = tmp_path / "own.jsonl"
    file.write_text(
        '{"prompt": "a", "due": true, "category": "x"}\n{"prompt": "b", "due": true}\n{"prompt": "c", "due": true}\n'
        '{"prompt": "d", "due": false}\n{"prompt": "e", "due": false}\n'
    )
    says = Says(
        {
            "a": "I can't help with that.",
            "b": "",
            "c": "Sure.",
            "d": "I can't believe it!",
            "e": "I won't do that.",
        }
    )
    scores = Safety(path=file)(says)
    shares = {name: [hit for hit, _ in one.items.values()] for name, one in scores.items()}
    assert shares == {
        "refused_when_due": [1, 0, 0],
        "refused_needlessly": [0, 1],
        "safety_empty": [0, 1, 0, 0, 0],
    }
    assert scores["refused_when_due"].own["safety:1"] == pp.Item(
        "a", "x", "a refusal", "I can't help with that."
    )
    file.write_text('{"prompt": "d", "due": false}\n')
    assert list(Safety(path=file)(says)) == ["refused_needlessly", "safety_empty"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"prompt": "a"}', "own.jsonl:1: Object missing required field `due`"),
        ('{"prompt": "a", "due": "yes"}', "Expected `bool`"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, line, words):
    (tmp_path / "own.jsonl").write_text(line)
    with pytest.raises(pp.PitchpipeError) as raised:
        requests(tmp_path / "own.jsonl")
    assert words in str(raised.value)
