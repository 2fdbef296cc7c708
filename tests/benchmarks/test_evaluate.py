"""The benchmark of scoring runs, and both find the same."""

import re
import subprocess
import sys

import pytest

from tests.documents import ROOT

pytestmark = pytest.mark.slow(seconds=20)


def test_both_find_the_same_and_the_ratio_is_printed():
    sizes = "--questions", "3", "--width", "64", "--layers", "1", "--turns", "1", "--threads", "1"
    command = [sys.executable, ROOT / "benchmarks" / "evaluate.py", *sizes]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"pitchpipe [\d,]+/s   hf [\d,]+/s   [\d.]+ times", done.stdout)) == 5
