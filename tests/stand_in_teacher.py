"""The stand-in teacher of the recipes, at a server that keeps what it was asked: `with stand_in() as server`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bad_server import BadServer, bad_server
from tests.documents import ROOT

sys.path.append(str(ROOT / "recipes" / "making"))

from stand_in import answer

__all__ = ["answer", "stand_in"]


@contextmanager
def stand_in(slow: float = 0.0) -> Iterator[BadServer]:
    """A teacher that answers generators sensibly, without a key."""
    with bad_server(answer, key="", slow=slow) as server:
        yield server
