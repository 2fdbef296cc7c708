"""The order of training repeats itself and keeps like with like."""

from collections import Counter

import pytest
from accelerate.data_loader import BatchSamplerShard
from torch.utils.data import BatchSampler

from pitchpipe.records.example import IGNORED
from pitchpipe_stages.train.order import Grouped, SingleExamples
from tests.packed import some


def test_the_order_repeats_itself_and_keeps_like_with_like():
    lengths = [n % 97 for n in range(1003)]
    first, again, later = Grouped(lengths, 8, 1), Grouped(lengths, 8, 1), Grouped(lengths, 8, 1)
    later.set_epoch(1)
    assert list(first) == list(again) != list(later)
    assert sorted(first) == sorted(later) == list(range(1003))
    order = list(first)
    batches = [[lengths[i] for i in order[at : at + 8]] for at in range(0, 1000, 8)]
    spread = sum(max(batch) - min(batch) for batch in batches) / len(batches)
    assert spread < 5  # 97 lengths at random would spread over about 75


@pytest.mark.parametrize(
    ("processes", "size", "count"), [(2, 4, 61), (2, 8, 65), (3, 1, 4), (4, 8, 3), (2, 4, 64)]
)
def test_several_processes_learn_each_example_once(processes, size, count):
    """As Accelerate shares batches among processes."""
    lengths = [5 + n % 7 for n in range(count)]
    examples = SingleExamples(some(*lengths))
    order = Grouped(lengths, size, 0, size * processes)
    sharded = [
        list(BatchSamplerShard(BatchSampler(order, size, False), processes, number))
        for number in range(processes)
    ]
    assert len({len(batches) for batches in sharded}) == 1  # nobody waits for nobody
    entries = [examples[index][0] for batches in sharded for batch in batches for index in batch]
    learned = Counter(number for number, example in entries if set(example.labels) != {IGNORED})
    assert learned == Counter(range(count))
