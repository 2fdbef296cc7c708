"""Who is on which side: shares, categories, families, and sides that a source names."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitchpipe_stages.prepare import split
from pitchpipe_stages.prepare.sections import Split

THREE = Split(train=0.8, validation=0.1, test=0.1)


def sides(prompts, groups=None, categories=None, pinned=None, recipe=THREE):
    rows = len(prompts)
    return split.sides(
        recipe,
        np.array(prompts, np.uint64),
        named(groups or [0] * rows),
        np.zeros(rows, np.int32) if categories is None else np.array(categories, np.int32),
        np.full(rows, split.NONE, np.uint8) if pinned is None else np.array(pinned, np.uint8),
    )


def named(groups):
    """0: a row without a group, which is one by its id."""
    return np.array([group or 10_000 + row for row, group in enumerate(groups)], np.uint64)


def hashes(count, seed=0):
    return np.random.default_rng(seed).integers(1, 2**63, count, dtype=np.uint64)


def test_shares_are_met_over_many_rows():
    found = np.bincount(sides(hashes(20_000)), minlength=3) / 20_000
    assert np.allclose(found, [0.8, 0.1, 0.1], atol=0.01)


def test_a_seed_is_another_split():
    prompts = hashes(1000)
    other = Split(train=0.8, validation=0.1, test=0.1, seed=1)
    assert (sides(prompts) != sides(prompts, recipe=other)).any()


@pytest.mark.parametrize("by", [None, "category"])
def test_more_rows_move_none_of_those_that_were_there(by):
    recipe = Split(train=0.5, validation=0.2, test=0.3, by=by)
    prompts, more = hashes(500), hashes(300, 1)
    categories = np.arange(800) % 7
    before = sides(prompts, categories=categories[:500], recipe=recipe)
    after = sides(np.concatenate([prompts, more]), categories=categories, recipe=recipe)
    assert np.array_equal(before, after[:500])


@pytest.mark.parametrize("size", [10, 25, 100, 1000])
def test_by_category_meets_the_shares_in_each_category(size):
    categories = np.repeat(np.arange(6), size)
    found = sides(
        hashes(6 * size),
        categories=categories,
        recipe=Split(train=0.8, validation=0.1, test=0.1, by="category"),
    )
    for category in range(6):
        counts = np.bincount(found[categories == category], minlength=3)
        assert np.abs(counts - size * np.array([0.8, 0.1, 0.1])).max() <= 2, counts


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(0, 6), st.integers(0, 2)), min_size=1, max_size=40),
    st.sampled_from([None, "category"]),
)
def test_what_belongs_together_is_never_parted(rows, by):
    """A prompt and a group bind rows, through any number of others."""
    prompts, groups, categories = (list(column) for column in zip(*rows, strict=True))
    recipe = Split(train=0.4, validation=0.3, test=0.3, by=by)
    side = sides(prompts, [g and g + 100 for g in groups], categories, recipe=recipe)
    for keys in (prompts, groups):
        for key in set(keys) - {0}:
            assert len({side[i] for i, k in enumerate(keys) if k == key}) == 1


def test_families_are_joined_through_chains():
    prompts, groups = [5, 6, 6, 7, 9], [0, 21, 20, 20, 0]
    family = split.families(np.array(prompts, np.uint64), named(groups))
    assert list(family) == [5, 6, 6, 6, 9]


def test_a_row_is_of_the_group_that_has_its_id():
    here, seed, other = 10_000, 10_001, 10_002  # ids
    family = split.families(np.array([7, 8, 9, 5], np.uint64), np.array([here, seed, other, seed], np.uint64))
    assert list(family) == [7, 5, 9, 5]


def test_what_a_source_holds_out_is_nowhere_else():
    found = sides([1, 2, 3, 1, 2], pinned=[split.NONE, split.NONE, split.NONE, 2, 0])
    assert found[3] == 2 and found[0] == split.NONE and found[4] == split.TRAIN and found[1] != split.NONE


@pytest.mark.parametrize("by", [None, "category"])
@pytest.mark.parametrize("seed", range(5))
def test_few_prompts_leave_no_side_empty(by, seed):
    for count in (3, 4, 7):
        found = sides(np.repeat(hashes(count, seed), 2), recipe=Split(0.98, 0.01, 0.01, by=by, seed=seed))
        assert set(found) == {0, 1, 2}
    assert sorted(sides(hashes(2, seed), recipe=Split(0.98, 0.01, 0.01, by=by, seed=seed))) == [0, 2]
    assert sides(hashes(1, seed), recipe=Split(0.9, 0.0, 0.1, by=by, seed=seed)).size == 1


def test_a_side_that_a_source_fills_takes_no_prompt_of_another():
    pinned = [split.NONE] * 3 + [2]
    found = sides([1, 2, 3, 4], pinned=pinned, recipe=Split(0.999, 0.0, 0.001))
    assert list(found) == [0, 0, 0, 2]
