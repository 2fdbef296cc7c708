"""A reply that repeats its prompt is an echo."""

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import dropped, score, talk


@pytest.mark.parametrize(
    ("prompt", "text", "expected"),
    [
        ("Name three primary colors.", "name three primary colors.", 1.0),
        ("Name three primary colors.", "  Name three primary colors.\n", 1.0),
        ("Name three primary colors.", "Red, yellow and blue.", 0.0),
        ("Hello there!", "Hello there!", 0.0),  # two words may be said again
        ("What is this?", "What is this? It is a pen.", 0.5),
        ("", "anything", 0.0),
    ],
)
def test_echo_is_the_share_of_the_reply_that_is_the_prompt(prompt, text, expected):
    assert score(filters.echo(talk(prompt, text)), "echo") == expected


def test_echo_drops_by_its_share():
    chat = talk("What is this?", "What is this? It is a pen.")
    assert dropped(filters.echo(chat)) is None
    assert dropped(filters.echo(chat, max_echo=0)) == pp.Drop("echo too high: what is this?", 0.5, 0)
    assert score(filters.echo(talk("Hello there!", "Hello there!"), min_words=2), "echo") == 1.0


def test_echo_compares_a_reply_with_its_own_prompt():
    chat = talk("Tell me a joke", "No.", "And now, please?", "Tell me a joke")
    assert score(filters.echo(chat), "echo") == 0.0
    assert score(filters.echo(talk("Hi", "Ho", "Say it again now", "say it again now")), "echo") == 1.0
