"""Overlap of texts equals what sacrebleu and rouge-score compute, on text that is not ours; and all scripts count."""

# ruff: noqa: RUF001  letters of many scripts

from importlib import import_module
from pathlib import Path
from random import Random

import numpy as np
import pytest
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF

from pitchpipe_stages.evaluate.intervals import score_of
from tests.answering import Answering

overlap = import_module("pitchpipe_components.evaluators.overlap.component").overlap
splitting = import_module("pitchpipe_components.evaluators.overlap.splitting")
ngrams = import_module("pitchpipe_components.evaluators.overlap.ngrams")
MANY = 60
PACKAGES = ("numpy", "torch", "rich", "click", "regex", "sacrebleu")  # what they say of themselves


def texts(ascii_only=False):
    """Pieces of what packages say of themselves, and the same with some words left out and others put in."""
    site, random = Path(np.__file__).parents[1], Random(0)
    files = [file for name in PACKAGES for file in sorted(site.glob(f"{name}-*.dist-info/METADATA"))]
    whole = "\n".join(file.read_text("utf-8") for file in files)
    words = (whole.encode("ascii", "replace").decode() if ascii_only else whole).split(" ")
    pairs = []
    for _ in range(MANY):
        start = random.randrange(len(words) - 400)
        expected = words[start : start + random.randrange(120)]
        said = [word for word in expected if random.random() > 0.2]
        said += words[random.randrange(400) :][: random.randrange(9)]
        pairs.append((" ".join(said), " ".join(expected)))
    return [
        *pairs,
        ("", "not said"),
        ("said", ""),
        ("", ""),
        ("a", "a"),
        ("other words", "than these ones"),
        ("three words here", "three words there"),
        ("wa ha goes", "was has going"),
    ]


def whole(measured):
    return float(measured.value(np.array(list(measured.items.values())).sum(0)))


@pytest.mark.parametrize("words", ["13a", "intl", "zh", "char", "none"])
def test_bleu_is_that_of_sacrebleu(words):
    pairs = texts()
    said, expected = zip(*pairs, strict=True)
    measured = overlap(Answering(*pairs), scores=["bleu"], bleu_words=words)["bleu"]
    assert whole(measured) == pytest.approx(
        BLEU(tokenize=words).corpus_score(said, [expected]).score, abs=1e-9
    )
    alone = BLEU(tokenize=words, effective_order=True)
    for at in range(len(pairs)):
        own = alone.sentence_score(said[at], [expected[at]]).score
        assert float(measured.value(np.array(measured.items[str(at)]))) == pytest.approx(own, abs=1e-9)
    own = alone.corpus_score(said, [expected])
    assert measured.how == f"BLEU|{alone.get_signature()}" and "eff:yes" in measured.how and own.score > 0


def test_chrf_is_that_of_sacrebleu():
    pairs = texts()
    said, expected = zip(*pairs, strict=True)
    measured, metric = overlap(Answering(*pairs), scores=["chrf"])["chrf"], CHRF()
    assert whole(measured) == pytest.approx(metric.corpus_score(said, [expected]).score, abs=1e-9)
    assert measured.how == f"chrF2|{metric.get_signature()}"
    for at, (one, other) in enumerate(pairs):
        own = metric.sentence_score(one, [other]).score
        assert float(measured.value(np.array(measured.items[str(at)]))) == pytest.approx(own, abs=1e-9)


@pytest.mark.parametrize("stem", [False, True])
def test_rouge_is_that_of_rouge_score_on_english(stem):
    pairs = texts(ascii_only=True)
    found = overlap(Answering(*pairs), scores=["rouge"], stem=stem)
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=stem)
    for at, (said, expected) in enumerate(pairs):
        own = scorer.score(expected, said)
        for ours, theirs in [("rouge_1", "rouge1"), ("rouge_2", "rouge2"), ("rouge_l", "rougeL")]:
            assert found[ours].items[str(at)][0] == pytest.approx(own[theirs].fmeasure, abs=1e-12)
    assert found["rouge_l"].is_share and ("Porter" in found["rouge_l"].how) == stem


def test_values_of_many_draws_at_once_are_those_of_each():
    """As intervals are found: the function gets an array of sums."""
    found = overlap(Answering(*texts()), scores=["bleu", "chrf"])
    chance = np.random.default_rng(0)
    for measured in found.values():
        rows = np.array(list(measured.items.values()))
        sums = chance.multinomial(3, np.full(len(rows), 1 / len(rows)), size=50) @ rows
        assert measured.value(sums).tolist() == [float(measured.value(one)) for one in sums]
        score = score_of(measured)
        assert score.low < score.value < score.high and measured.better == "higher"


def test_perfect_short_replies_have_a_bleu_of_100():
    """sacrebleu's own default is 0: no reply has four words."""
    found = overlap(Answering(("It is Lima", "It is Lima"), ("Quito", "Quito")), scores=["bleu"])
    assert whole(found["bleu"]) == pytest.approx(100)


ALL_SCRIPTS = {
    "Chinese": ("秘鲁的首都是利马。", "秘鲁的首都是基多。"),
    "Japanese": ("ペルーの首都はリマです。", "ペルーの首都はキトです。"),
    "Thai": ("เมืองหลวงของเปรูคือลิมา", "เมืองหลวงของเปรูคือกีโต"),
    "Arabic": ("عاصمة بيرو هي ليما", "عاصمة بيرو هي كيتو"),
    "Hindi": ("पेरू की राजधानी लीमा है", "पेरू की राजधानी क्विटो है"),
    "Korean": ("페루의 수도는 리마 입니다", "페루의 수도는 키토 입니다"),
    "Russian": ("Столица Перу это Лима", "Столица Перу это Кито"),
    "Greek": ("Η πρωτεύουσα του Περού είναι η Λίμα", "Η πρωτεύουσα του Περού είναι η Κίτο"),
}


@pytest.mark.parametrize("language", ALL_SCRIPTS)
def test_every_script_counts(language):
    """rouge-score compares none of them, and gives 0."""
    text, other = ALL_SCRIPTS[language]
    same, near = overlap(Answering((text, text))), overlap(Answering((other, text)))
    for name in ("rouge_1", "rouge_2", "rouge_l"):
        assert whole(same[name]) == 1 and 0.2 < whole(near[name]) < 1, name
    assert whole(same["bleu"]) == pytest.approx(100) and 10 < whole(near["bleu"]) < 100
    assert whole(same["chrf"]) == pytest.approx(100) and 10 < whole(near["chrf"]) < 100
    assert RougeScorer(["rouge1"]).score(text, text)["rouge1"].fmeasure == 0


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        (["The capital is Lima."], "13a"),
        (["Привет, как дела?"], "13a"),
        (["秘鲁的首都是利马。"], "zh"),
        (["The capital is Lima, and that is all there is to say."] * 9 + ["秘鲁的首都是利马。"], "zh"),
        (["ペルーの首都はリマです。"], "char"),
        (["เมืองหลวงของเปรูคือลิมา"], "char"),
        (["", "42", "😀"], "13a"),
    ],
)
def test_words_follow_the_script(replies, words):
    assert splitting.words_for(replies) == words


def test_composed_and_decomposed_letters_are_one():
    found = overlap(Answering(("cafe\u0301 Zu\u0308rich", "café Zürich")), scores=["rouge"])
    assert whole(found["rouge_2"]) == 1


def test_runs_are_counted_as_by_hand():
    """Chunks of any size give the same; a run that comes again counts as often as both have it."""
    from collections import Counter

    random = Random(1)
    sides = [[random.randrange(4) for _ in range(random.randrange(40))] for _ in range(600)]
    pairs = [tuple(np.array(side, np.uint64) for side in sides[at : at + 2]) for at in range(0, 600, 2)]
    found = ngrams.shared(pairs, 3)
    for at in range(300):
        for size in (1, 2, 3):
            said, expected = (
                Counter(tuple(side[n : n + size]) for n in range(len(side) - size + 1))
                for side in sides[2 * at : 2 * at + 2]
            )
            by_hand = (said.total(), expected.total(), (said & expected).total())
            assert (
                found.said[at, size - 1],
                found.expected[at, size - 1],
                found.both[at, size - 1],
            ) == by_hand


MESSY = [
    ("", "An empty reply."),
    ("```python\nprint('x')\n```", "print('x')"),
    ("😀😀", "😀😀"),
    ("مرحبا بالعالم", "مرحبا"),
    ("a\r\n\tb\u00a0c\u2028d", "a b c d"),
    ("word " * 5000, "word"),
    ("\x00\ufffd", "\ufffd"),
]


def test_messy_replies_have_scores():
    found = overlap(Answering(*MESSY))
    assert [*found] == ["bleu", "chrf", "rouge_1", "rouge_2", "rouge_l", "normalised_match", "contains"]
    assert all(len(measured.items) == len(MESSY) for measured in found.values())
    assert all(np.isfinite(whole(measured)) for measured in found.values())
    match, inside = found["normalised_match"].items, found["contains"].items
    assert [at for at in range(len(MESSY)) if match[str(at)][0]] == [2, 4]
    assert [at for at in range(len(MESSY)) if inside[str(at)][0]] == [1, 2, 3, 4, 5, 6]
