"""What a filter measured can be kept, and read again."""

import msgspec
import numpy as np
import pytest

import pitchpipe as pp


@pytest.mark.parametrize("measure", [None, 3, 0.5, "long", True, np.float32(0.5), np.int64(3)])
def test_a_measure_of_any_kind_is_read_as_it_was_written(measure):
    kept = pp.drop("why", score=measure, limit=measure)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=type(kept)) == kept
    assert kept.score == measure and not isinstance(kept.score, bool)
