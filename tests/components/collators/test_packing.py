"""Packing: every document once and whole, rows full, the same for the same seed and epoch, the same on all processes."""

import numpy as np
import pytest
from accelerate.data_loader import BatchSamplerShard
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import BatchSampler

from pitchpipe.errors import PitchpipeError
from pitchpipe_components.collators import Flattened, Packed
from pitchpipe_components.collators.packing import best_fit
from pitchpipe_stages.train.order import Planned

LENGTHS = st.lists(st.integers(1, 64), max_size=300)


def rows_of(lengths, capacity=64, seed=0, epoch=0):
    return list(best_fit(lengths, capacity, seed, epoch))


@given(lengths=LENGTHS, seed=st.integers(-5, 5), epoch=st.integers(0, 9))
@settings(deadline=None)
def test_every_document_once_and_no_row_too_long(lengths, seed, epoch):
    rows = rows_of(lengths, seed=seed, epoch=epoch)
    assert sorted(index for row in rows for index in row) == list(range(len(lengths)))
    assert all(0 < sum(lengths[index] for index in row) <= 64 for row in rows)


@given(lengths=LENGTHS)
@settings(deadline=None)
def test_as_few_rows_as_best_fit_decreasing_needs(lengths):
    """The plain algorithm, one document at a time."""
    spaces: list[int] = []
    for length in sorted(lengths, reverse=True):
        fitting = [space for space in spaces if space >= length]
        space = min(fitting, default=64)
        if fitting:
            spaces.remove(space)
        spaces.append(space - length)
    assert len(rows_of(lengths)) == len(spaces)


def test_rows_are_known_from_seed_and_epoch_and_differ_between_epochs():
    lengths = [3 + n % 60 for n in range(500)]
    assert rows_of(lengths, epoch=3) == rows_of(lengths, epoch=3)
    together = [{frozenset(row) for row in rows_of(lengths, epoch=epoch)} for epoch in range(3)]
    assert len(together[0] & together[1]) < 0.2 * len(together[0])
    assert len(together[0]) == len(together[1]) == len(together[2])
    assert rows_of(lengths, seed=1) != rows_of(lengths, seed=2)


def test_rows_are_shuffled():
    """Full rows of long documents are made first; they must not be learned first."""
    lengths = [60] * 200 + [8] * 1600  # 200 rows of either
    long = [any(lengths[index] == 60 for index in row) for row in rows_of(lengths)]
    assert len(long) == 400 and 80 < sum(long[:200]) < 120


def test_rows_of_lognormal_lengths_are_full():
    lengths = np.clip(np.random.default_rng(0).lognormal(5.3, 0.9, 100_000).astype(int), 8, 2048)
    rows = best_fit(lengths, 2048, 0, 0)
    assert lengths.sum() / (len(rows) * 2048) >= 0.9995


def test_many_rows():
    """More rows than 16 bits can number."""
    rows = best_fit(np.repeat([7, 1], 70_000), 8, 0, 0)
    assert len(rows) == 70_000 and all(row[0] < 70_000 <= row[1] for row in rows)


def test_a_document_that_fits_no_row_is_refused():
    with pytest.raises(
        PitchpipeError, match="a document of 65 tokens does not fit a row of 64: raise the collator's length"
    ):
        rows_of([3, 65])


@pytest.mark.parametrize("collator", [Packed(length=64), Flattened(length=64)])
def test_the_order_repeats_itself_each_epoch_anew(collator):
    lengths = [3 + n % 60 for n in range(300)]
    first, later, again = (Planned(collator.plan, lengths, 1) for _ in range(3))
    later.set_epoch(2)
    again.set_epoch(1)
    again.set_epoch(2)
    assert list(later) == list(again) != list(first)
    assert len(first) == len(later) == len(list(later))
    assert sorted(index for row in later for index in row) == list(range(300))


@pytest.mark.parametrize("processes", [2, 3, 8])
@pytest.mark.parametrize("batch", [1, 4])
def test_processes_share_an_epoch_evenly(processes, batch):
    """As Accelerate gives each process its batches: as many to each, and no example twice."""
    lengths = [3 + n % 60 for n in range(300)]
    order = Planned(Packed(length=64).plan, lengths, 0, batch * processes)
    shards = [
        list(BatchSamplerShard(BatchSampler(order, batch, False), processes, rank))
        for rank in range(processes)
    ]
    assert len({len(shard) for shard in shards}) == 1
    assert {len(rows) for shard in shards for rows in shard} == {batch}
    taken = sorted(i for shard in shards for rows in shard for row in rows for i in row)
    assert [i for i in taken if i >= 0] == list(range(300))
    assert {lengths[~i] for i in taken if i < 0} <= {min(lengths)}  # of which nothing is learned


def test_a_plan_that_changes_its_number_of_rows_is_refused():
    order = Planned(lambda lengths, seed, epoch: [[0], [1]] if epoch else [[0, 1]], [1, 1], 0)
    with pytest.raises(PitchpipeError, match="plans 2 rows for epoch 1, after 1 before"):
        order.set_epoch(1)
