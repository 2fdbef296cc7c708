"""The benchmark of serving runs, and all say the same."""

import re
import subprocess
import sys

import pytest

from tests.documents import ROOT

pytestmark = pytest.mark.slow(seconds=20)


def test_over_http_and_without_the_texts_are_the_same():
    sizes = "--alone", "--streams", "4", "--tokens", "8", "--turns", "1"
    command = [sys.executable, ROOT / "benchmarks" / "serve.py", *sizes]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"^(\w+) +\d+ +[\d.]+ +\d+ +[\d.]+ +[\d.]+$", done.stdout, re.M) == [
        "pitchpipe",
        "engine",
    ]
    assert done.stdout.count("the same text: 4 of 4") == 2
