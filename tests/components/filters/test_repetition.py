"""Repetition is found by each of its measures, and in no ordinary text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchpipe_components import filters
from pitchpipe_components.text.repeats import measure, repeats
from tests.components.filters.talks import LONG, NOUNS, PLAIN, dropped, reply, score, talk

VALLEYS = [f"{first}{last}" for first in ("Ash", "Birch", "Elm", "Fir", "Oak", "Yew") for last in NOUNS]
STEP = "Stay calm and go on with it.\n\n"
REPEATED = (
    PLAIN
    + "\n\n"
    + "".join(f"{STEP}Step {n} is what comes next, and it takes {n + 3} minutes.\n\n" for n in range(10))
    + "Done."
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PLAIN + "I do not know. " * 4, "equal sentences"),
        (PLAIN + "very good " * 40, "equal endings"),
        (REPEATED, "equal paragraphs"),
        (
            "\n".join(["The first line says a good deal of things", "and the second even more"] * 4)
            + PLAIN[:60],
            "duplicate lines",
        ),
        (LONG + " the end" * 300 + " and so it stops.", "top 2gram"),
    ],
)
def test_repetition_is_found(text, reason):
    assert dropped(filters.repetition(reply(text))).reason.startswith(f"{reason} too high: ")


@pytest.mark.parametrize(
    "text",
    [
        PLAIN, LONG, "No. No. No. No.", "ha " * 50, PLAIN + "I do not know. " * 3,
        PLAIN + "\n```\n" + "x = x + 1\n" * 60 + "```\n", PLAIN + "No! No! No! No! No!", PLAIN + "----------. " * 5, PLAIN + "".join(f"\nPart {n}\n==========\n" for n in range(12)),
        PLAIN + "".join(f"It runs on Python 3.{n}, I hear. " for n in range(3, 14)), PLAIN + "".join(f"\n- Ms {n}" for n in range(40)) + "\n",
        PLAIN + "\n" + "| yes | no | maybe | perhaps |\n" * 30,
        PLAIN + "\n" + "- the same item again and again\n" * 30,
        PLAIN + "\n".join(f"Day {n}: walk for {n * 5} minutes, and then cool down for five minutes." for n in range(1, 11)),
        PLAIN + "\n".join(f"Question {n}: how is part {n}?\na. It is very good\nb. It is neutral" for n in range(1, 11)),
        PLAIN * 2 + ", ".join(f"{name} {place} National Park" for place, name in zip(NOUNS * 6, VALLEYS, strict=True)),
        "**A calendar of all that the mill does, for the whole of the year, as the miller wrote it himself**\n| a |\n" * 2,
    ],
)  # fmt: skip
def test_repetition_that_is_none(text):
    verdict = filters.repetition(reply(text))
    assert dropped(verdict) is None, verdict.scores


@pytest.mark.parametrize(
    ("option", "value", "text"),
    [
        ("max_equal_endings", 100, PLAIN + "very good " * 40),
        ("max_equal_sentences", 9, PLAIN + "I do not know. " * 4),
        ("min_chars", 10_000, PLAIN + "very good " * 40),
        (
            "max_duplicate_lines",
            1.0,
            "\n".join(["The first line says a good deal of things", "and the second even more"] * 4)
            + PLAIN[:60],
        ),
        ("max_equal_paragraphs", 20, REPEATED),
    ],
)
def test_repetition_has_a_bound_for_each_kind(option, value, text):
    assert dropped(filters.repetition(reply(text)))
    assert dropped(filters.repetition(reply(text), **{option: value})) is None


def test_word_runs_are_counted_in_long_replies_only_and_as_shares():
    text = LONG + " the end" * 300 + " and so it stops."
    verdict = filters.repetition(reply(text))
    words = text.split()
    pairs = sum(pair == ("the", "end") for pair in pairwise(words))
    assert score(verdict, "top_2gram") == pytest.approx(pairs * len("the end") / len(text), rel=0.01)
    free = {f"max_top_{n}gram": 1.0 for n in (2, 3, 4)}
    assert dropped(filters.repetition(reply(text), **free)) is None
    assert dropped(filters.repetition(reply(text), ngram_chars=100_000)) is None
    assert (
        dropped(filters.repetition(reply(text), **(free | {"max_top_3gram": 0.18}))).reason
        == "top 3gram too high: the end the"
    )
    assert (
        dropped(filters.repetition(reply(text), **(free | {"max_top_4gram": 0.16}))).reason
        == "top 4gram too high: the end the end"
    )


def test_one_sentence_said_twice_is_seen_among_blank_lines():
    text = PLAIN + "\n\nWe go on from here. We go on from here.\n\nAnd so on.\n\nAt last."
    assert score(filters.repetition(reply(text)), "equal_sentences") == 2


def test_the_worst_reply_counts():
    assert dropped(filters.repetition(talk("a", PLAIN + "I do not know. " * 4, "b", PLAIN)))
    assert dropped(
        filters.repetition(talk("a", PLAIN + "I do not know. " * 4, "b", PLAIN + "I do not know. " * 3))
    )
    assert dropped(filters.repetition(talk(PLAIN + "I do not know. " * 4, "b"))) is None


@given(
    st.lists(
        st.sampled_from(["so ", "it ", "goes. ", "on\n", "very good ", "No! "]), min_size=30, max_size=200
    )
)
def test_what_is_never_measured_would_have_measured_nothing(parts):

    text = (
        "An opening of its own, long enough to count for all of the rules at once. " + "".join(parts)
    ).strip()
    if not repeats(text):
        found = measure(text, 1, 10_000, 0.15)
        assert found.in_a_row == 1 and found.lines == 0 and found.ending == 1


def test_lines_are_no_paragraphs():
    lines = "\n".join(f"So say we all of us here.\nAnd part {n} begins." for n in range(12))
    assert score(filters.repetition(reply(PLAIN + lines)), "equal_paragraphs") == 1
    apart = lines.replace("\n", "\n\n")
    assert score(filters.repetition(reply(PLAIN + apart)), "equal_paragraphs") == 11
