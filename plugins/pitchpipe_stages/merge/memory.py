"""Gives large blocks of memory back to the system as soon as they are free.

The C library keeps them, and what is freed layer by layer lies about in pieces that the next layer does not
fit. Without this, a merge of 300 MB held twice as much.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLD = -3  # M_MMAP_THRESHOLD of glibc's mallopt: the size from which a block is the system's own
LARGE = 1 << 20
AS_BEFORE = 32 << 20  # what glibc comes to by itself, once large blocks were freed


@contextmanager
def given_back() -> Iterator[None]:
    """Meanwhile, on systems with glibc."""
    _set(LARGE)
    try:
        yield
    finally:
        _set(AS_BEFORE)


def _set(size: int) -> None:
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # another C library, another system
        return
    mallopt(THRESHOLD, size)
