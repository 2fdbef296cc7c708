"""What tests of kills share: one process that has imported everything, and forks runs."""

from collections.abc import Iterator

import pytest

from tests.forked import Forked, forked


@pytest.fixture(scope="session")
def quick() -> Iterator[Forked]:
    with forked() as process:
        yield process
