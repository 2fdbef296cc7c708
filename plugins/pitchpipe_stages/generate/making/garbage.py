"""Python looks for garbage less often while much is made that stays: each look goes over all of it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

APART = 100_000  # objects between two looks: those of some thousand sources


@contextmanager
def seldom_looked_for() -> Iterator[None]:
    """What is no longer used by itself goes at once all the same: only rings of objects wait."""
    before = gc.get_threshold()
    gc.set_threshold(max(APART, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
