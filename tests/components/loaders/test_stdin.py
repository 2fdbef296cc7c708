"""Standard input is read like a file."""

import gzip
import io
import json
import pickle
import sys

import pytest

from pitchpipe_components.loaders import Stdin
from tests.components.loaders.kinds import ROWS, as_lines


@pytest.mark.parametrize("content", [as_lines(ROWS).encode(), gzip.compress(json.dumps(ROWS).encode())])
def test_standard_input_is_read_like_a_file(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    loader = Stdin()
    assert [row.data for row in loader()] == ROWS
    again = [row for part in loader.parts() for row in pickle.loads(pickle.dumps(part)).rows()]
    assert [(row.data, row.file) for row in again] == [(row, "stdin") for row in ROWS]
    assert not hasattr(loader, "inputs")
