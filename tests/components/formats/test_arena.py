"""Battles of two models: the winner's reply is chosen, the other's rejected."""

import json

import pytest

from pitchpipe_components.formats import FORMATS


def chat(*words):
    return [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(words)]


def typed(*words):
    """As LMArena has them since 2025."""
    return [
        {
            "role": turn["role"],
            "content": [{"type": "text", "text": turn["content"], "image": None, "mimeType": None}],
        }
        for turn in chat(*words)
    ]


@pytest.mark.parametrize("written", [list, lambda turns: typed(*(t["content"] for t in turns)), json.dumps])
@pytest.mark.parametrize(("winner", "better", "worse"), [("model_a", "4", "5"), ("model_b", "5", "4")])
def test_the_winner_is_chosen(project, written, winner, better, worse):
    row = {
        "question_id": "q", "model_a": "one", "model_b": "other", "winner": winner, "judge": "arena_user_1",
        "conversation_a": written(chat("2+2?", "4")), "conversation_b": written(chat("2+2?", "5")), "turn": 1,
    }  # fmt: skip
    recipe = "loaders:\n  - files: {path: rows.jsonl}\n"
    here = project({"rows.jsonl": [row], "recipe.yaml": recipe})
    assert "rows.jsonl is read as arena" in here.run("prepare", "recipe.yaml").assert_success().out
    (read,) = here.rows("runs/recipe/prepared/train.jsonl")
    assert [message["content"] for message in read["messages"]] == ["2+2?", better]
    assert read["rejected"]["content"] == worse
    assert (read["meta"]["winner"], read["meta"]["model_a"]) == (winner, "one")


def test_replies_to_another_chat_are_no_rejected_ones():
    chats = {
        "conversation_a": chat("Hi", "Hello!", "2+2?", "4"),
        "conversation_b": chat("Hi", "Yes?", "2+2?", "5"),
    }
    made = FORMATS["arena"]()({**chats, "winner": "model_a"})
    assert made.rejected is None and made.meta["rejected"] == chats["conversation_b"]
