"""A tokenizer that a test may change."""

import pytest

from tests.chat_tokenizers import kinds


@pytest.fixture
def tokenizer():
    from copy import deepcopy

    return deepcopy(kinds()["bytes"])
