"""A merge takes the memory of one model, not of two: measured by the kernel, in a process of its own."""

import re
import subprocess
import sys

import pytest

from tests.documents import ROOT

pytestmark = pytest.mark.slow(seconds=20)


def test_a_merge_takes_less_than_1_3_times_the_models_size(tmp_path):
    command = [sys.executable, ROOT / "benchmarks" / "merge.py", "--layers", "12", "--folder", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"model (\d+) MiB   memory ([\d.]+) times its size", done.stdout)
    assert int(found[1]) > 350 and 0.5 < float(found[2]) < 1.3
    assert list(tmp_path.iterdir()) == []
