"""Scores of quality: relevance, form and the mean of four."""

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import dropped, score, talk


def test_relevance_is_the_share_of_the_prompts_words():
    chat = talk("Name the capital of France", "Paris is the capital.")
    assert score(filters.relevance(chat), "relevance") == pytest.approx(2 / 5)
    assert dropped(filters.relevance(chat)) is None
    assert dropped(filters.relevance(chat, min_relevance=0.5)) == pp.Drop("relevance too low", 0.4, 0.5)


@pytest.mark.parametrize(
    ("chat", "expected"),
    [(talk("a", "b"), 1.0), (talk("", "b"), 0.5), (talk("a", " "), 0.5), (talk("a", "I cannot."), 0.5), (talk("a", "As an AI, no"), 0.5),
     (talk("a", "i cannot."), 1.0)],
)  # fmt: skip
def test_form(chat, expected):
    verdict = filters.format_score(chat)
    assert score(verdict, "format_score") == expected and (dropped(verdict) is None) == (expected == 1.0)
    assert dropped(filters.format_score(chat, min_format_score=0.5)) is None
    assert score(filters.format_score(chat, openings=("b",)), "format_score") in (0.5, 1.0)


def test_a_reply_that_calls_a_tool_need_not_say_anything():
    chat = pp.Conversation(
        (pp.Message("user", "a"), pp.Message("assistant", "", tool_calls=({"name": "f"},)))
    )
    assert score(filters.format_score(chat), "format_score") == 1.0


def test_quality_is_the_mean_of_four_scores():
    chat = talk("Name the capital of France", "Paris is the capital.")
    verdict = filters.quality(chat)
    assert {name: value for name, (value, *_) in verdict.scores.items()} == pytest.approx(
        {
            "length_score": 5 / 20 * 4 / 50,
            "form": 1.0,
            "overlap": 0.8,
            "safety": 1.0,
            "quality": (0.02 + 1 + 0.8 + 1) / 4,
        }
    )
    assert dropped(verdict) is None
    assert score(filters.quality(chat, prompt_words=5, reply_words=4), "length_score") == 1.0
    assert score(filters.quality(chat, unsafe=("capital",)), "safety") == 0.0
    assert score(filters.quality(chat, openings=("Paris",)), "form") == 0.5


@pytest.mark.parametrize("name", ["quality", "length_score", "form", "overlap", "safety"])
def test_each_score_of_quality_has_its_bound(name):
    chat = talk("How do I hack it?", "I cannot.  Do not hack.")
    verdict = filters.quality(chat, **{f"min_{name}": 1.0})
    assert verdict.scores[name][1] == 1.0 and dropped(verdict)
