"""The index of shared words says what comparing with every text says."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from pitchpipe_components.novelty.near import Near, checked
from pitchpipe_components.novelty.shared import jaccard, rouge_l

SCORER = rouge_scorer.RougeScorer(["rougeL"])
LIMITS = st.one_of(st.sampled_from([0.05, 0.3, 0.5, 2 / 3, 0.7, 0.75, 0.8, 0.9, 1.0]), st.floats(0.01, 1))
TEXTS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=12).map(" ".join), min_size=1, max_size=25)


def longest(one: list[str], other: list[str]) -> int:
    """The textbook's table of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = row
        row = [0]
        for place, met in enumerate(other):
            row.append(before[place] + 1 if word == met else max(row[-1], before[place + 1]))
    return row[-1]


def by_rouge(one: str, other: str) -> float:
    left, right = one.split(), other.split()
    return 2 * longest(left, right) / (len(left) + len(right)) if left and right else 0.0


def by_jaccard(one: str, other: str) -> float:
    left, right = set(one.split()), set(other.split())
    return len(left & right) / len(left | right) if left and right else 0.0


@pytest.mark.parametrize(("index", "alike"), [(rouge_l, by_rouge), (jaccard, by_jaccard)])
@settings(max_examples=300, deadline=None)
@given(texts=TEXTS, limit=LIMITS, apart=st.integers(1, 4))
def test_it_finds_the_nearest_text_that_any_search_would_find(index, alike, texts, limit, apart):
    found, others = index(limit), []
    for number, text in enumerate(texts):
        but = {other for other in range(number) if other % apart == 3}
        scores = [(alike(text, other), -place) for place, other in enumerate(others) if place not in but]
        best, place = max(scores, default=(0.0, 0))
        assert found.nearest(text, but) == (Near(best, -place) if best > checked(limit) else None)
        found.add(text)
        others.append(text)


def test_scores_of_english_are_those_of_rouge_score():
    said = "write a short poem about the first snow of winter, in 4 lines. What's 3+4? It's well-known"
    draw = random.Random(3)
    texts = [" ".join(draw.choices(said.split(), k=draw.randint(1, 20))) for _ in range(60)]
    for text in texts:
        found = rouge_l(1e-9)
        found.add(texts[0])
        near = found.nearest(text)
        expected = SCORER.score(texts[0], text)["rougeL"].fmeasure
        assert (near.score if near else 0) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    ["请写一首关于春天的诗", "เขียนบทกวีเกี่ยวกับฤดูหนาว", "Напиши стихотворение", "اكتب قصيدة", "🙂 🙃", "???"],
)
@pytest.mark.parametrize("index", [rouge_l, jaccard])
def test_a_text_of_any_script_is_like_itself(index, text):
    found = index(0.7)
    found.add(text)
    assert found.nearest(text) == Near(1.0, 0)


def test_chinese_that_differs_in_a_character_is_alike_and_other_chinese_is_not():
    found = rouge_l(0.7)
    found.add("请写一首关于春天的诗")
    assert found.nearest("请写一首关于秋天的诗") == Near(0.9, 0)
    assert found.nearest("解释光合作用的过程") is None


def test_a_text_without_words_is_like_no_other_and_has_a_number():
    found = rouge_l(0.5)
    for text in ("", " \n", "one"):
        assert found.nearest(text) is None
        found.add(text)
    assert found.nearest("one") == Near(1.0, 2)


def test_only_what_is_above_the_limit_counts_and_at_1_what_is_equal():
    found = rouge_l(0.7)
    found.add("a b c d e f g h i j")
    assert found.nearest("a b c d e f g x y z") is None  # 0.7, as a computer divides 7 by 10
    assert found.nearest("a b c d e f g h y z") == Near(0.8, 0)
    equal = rouge_l(1)
    equal.add("A b, c!")
    assert equal.nearest("a b c") == Near(1.0, 0)
    assert equal.nearest("a b c d") is None


@pytest.mark.parametrize("index", [rouge_l, jaccard])
@given(texts=st.lists(st.text(st.characters(), max_size=40), max_size=6))
def test_any_text_that_has_signs_is_like_itself_and_no_text_crashes(index, texts):
    found = index(0.99)
    for number, text in enumerate(texts):
        found.nearest(text)
        found.add(text)
        near = found.nearest(text)
        assert near is None if not text.strip() else near is not None and near.index <= number


@pytest.mark.parametrize("limit", [0, -1, 1.01])
def test_a_limit_that_limits_nothing_is_refused(limit):
    with pytest.raises(ValueError, match="above 0, and 1 at most"):
        rouge_l(limit)


def test_whole_admissions_agree_with_comparing_with_all():
    draw = random.Random(7)
    frames = ["write a {} about {}", "explain to {} how {} works", "list {} kinds of {} and say why"]
    nouns = [f"noun{n}" for n in range(60)]
    texts = [
        " ".join(
            [draw.choice(frames).format(*draw.sample(nouns, 2)), *draw.choices(nouns, k=draw.randint(0, 9))]
        )
        for _ in range(700)
    ]
    found, kept = rouge_l(0.7), list[str]()
    for text in texts:
        new = all(by_rouge(text, other) <= 0.7 for other in kept if _may(text, other))
        assert (found.nearest(text) is None) == new
        if new:
            found.add(text)
            kept.append(text)
    assert 100 < len(kept) < 700


def _may(text: str, other: str) -> bool:
    """Whether two texts have enough words in common to be compared: so that the test is quick."""
    one, two = text.split(), other.split()
    return 2 * len(set(one) & set(two)) + 4 > 0.7 * (len(one) + len(two))
