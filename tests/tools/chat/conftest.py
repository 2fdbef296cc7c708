"""A tuned model, and the process that talks to it, for all tests of this folder."""

import pytest

from tests.forked import forked
from tests.parrot_run import trained


@pytest.fixture(scope="package")
def processes():
    with forked() as found:
        yield found


@pytest.fixture(scope="package")
def home(processes, tmp_path_factory):
    """A folder with a run in it."""
    return trained(processes, tmp_path_factory.mktemp("chat"))
