"""The order of training repeats itself and keeps like with like."""

from pitchpipe_stages.train.order import Grouped


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
