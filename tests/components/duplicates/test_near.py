"""Near duplicates are those of brute force: which are found, and which row stays."""

from functools import cache
from random import Random

import pytest

import pitchpipe as pp
from pitchpipe_components.duplicates import NearDuplicates
from pitchpipe_components.text.words import plain
from tests.components.duplicates.texts import WORDS, edited, gone, talk, text

SURE = {"bands": 60, "rows": 4}  # what misses one pair of 10^7 that are 0.7 alike


@cache
def shingled(said, n=5):
    words = plain(said).split()
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


def jaccard(one, other, n=5):
    one, other = shingled(one, n), shingled(other, n)
    return len(one & other) / len(one | other)


def families(random, count=60, size=5):
    """Texts, most of them edits of others: similarities of all heights."""
    texts = []
    for _ in range(count):
        texts.append(text(random, random.randint(20, 60)))
        texts += [edited(random, random.choice(texts[-size:]), random.randint(0, 4)) for _ in range(size - 1)]
    random.shuffle(texts)
    return texts


def by_brute_force(texts, order, threshold):
    """The rule itself: in order of preference each goes that is alike to one that stays."""
    kept, found = [], {}
    for row in order:
        for other in kept:
            if jaccard(texts[row], texts[other]) >= threshold:
                found[row] = (other, jaccard(texts[row], texts[other]))
                break
        else:
            kept.append(row)
    return found


@pytest.mark.parametrize("threshold", [0.7, 0.8, 1.0])
@pytest.mark.parametrize("size", [1, 37, 1000])
def test_near_duplicates_are_those_of_brute_force(compare, threshold, size):
    texts = families(Random(5))
    rows = [pp.Conversation((pp.Message("user", said),)) for said in texts]
    expected = by_brute_force(texts, range(len(texts)), threshold)
    assert len(expected) > 10 and any(score < 1 for _, score in expected.values()) == (threshold < 1)
    assert compare(NearDuplicates(threshold=threshold, **SURE), rows, size) == expected


def test_as_it_comes_it_misses_few_and_drops_none_that_is_not_alike(compare):
    random = Random(4)
    originals = [text(random, 70) for _ in range(400)]
    edits = [edited(random, said, 2) for said in originals]
    rows = [pp.Conversation((pp.Message("user", said),)) for said in originals + edits]
    alike = {400 + n for n, said in enumerate(originals) if jaccard(said, edits[n]) >= 0.7}
    found = gone(compare(NearDuplicates(), rows))
    assert len(alike) > 200 and set(found) <= alike and len(found) > 0.97 * len(alike)


@pytest.mark.parametrize(
    ("options", "preferred"),
    [
        ({"keep": "first"}, lambda row, c: row),
        ({"keep": "longest"}, lambda row, c: (-len(c.replies()[0]), row)),
        ({"keep": "best", "by": "score"}, lambda row, c: (-c.meta["score"], row)),
    ],
)
def test_which_of_alike_rows_stays(compare, options, preferred):
    random = Random(6)
    texts = families(random, 20)
    rows = [talk("Tell me.", said, meta={"score": random.randint(1, 5)}) for said in texts]
    order = sorted(range(len(rows)), key=lambda row: preferred(row, rows[row]))
    assert compare(NearDuplicates(of="reply", **options, **SURE), rows, 17) == by_brute_force(
        texts, order, 0.7
    )


def test_a_row_without_a_score_is_the_last_to_be_kept(compare):
    said = text(Random(7))
    scores = [None, "none", float("nan"), "2.5", 1, -3]
    rows = [talk(said, meta={"score": score}) for score in scores] + [talk(said)]
    found = gone(compare(NearDuplicates(keep="best", by="score"), rows))
    assert found == dict.fromkeys([0, 1, 2, 4, 5, 6], 3)
    unscored = [talk(said, meta={"score": score}) for score in (float("nan"), None)]
    assert gone(compare(NearDuplicates(keep="best", by="score"), unscored)) == {1: 0}


def test_a_chain_goes_only_where_it_is_alike_to_what_stays(compare):
    words = WORDS[:60]
    texts = [" ".join(words[start : start + 40]) for start in (0, 4, 8)]
    assert jaccard(texts[0], texts[1]) >= 0.7 > jaccard(texts[0], texts[2])
    rows = [talk(said) for said in texts]
    assert gone(compare(NearDuplicates(of="prompt"), rows)) == {1: 0}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"threshold": 0.5}, "24 bands of 5 rows find only 53% of the pairs that are 0.5 alike"),
        ({"threshold": 0.8, "bands": 8, "rows": 16}, "find only 20%"),
        ({"keep": "best"}, "go together"),
        ({"by": "score"}, "go together"),
    ],
)
def test_options_that_would_find_too_little_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        NearDuplicates(**options)


def test_other_hash_functions_find_the_same(compare):
    texts = families(Random(10), 30)
    rows = [talk(said, "") for said in texts]
    found = [compare(NearDuplicates(seed=seed, **SURE), rows) for seed in (1, 7, 2**32 - 1)]
    assert found[0] and found[0] == found[1] == found[2]


def test_sketches_do_not_depend_on_the_batch():
    texts = families(Random(11), 20)
    rows = [talk(said) for said in texts] + [talk("Hi", ""), pp.Conversation(())]
    whole = NearDuplicates().sketch(rows)
    assert whole == [NearDuplicates().sketch([row])[0] for row in rows] and whole[-1] == b""
    assert NearDuplicates().sketch([]) == []
