"""The benchmark of generation runs: everything comes back, is on record and is made again from it."""

import re
import subprocess
import sys

import pytest

from tests.documents import ROOT

pytestmark = pytest.mark.slow(seconds=10)


def test_everything_comes_back_and_again_from_the_record():
    sizes = "--requests", "40", "--at-once", "8", "--turns", "1", "--slow", "0.001"
    command = [sys.executable, ROOT / "benchmarks" / "generate.py", *sizes]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"^(\w+) +[\d,]+ +[\d.]+ +[\d.]+$", done.stdout, re.M) == ["bare", "asked", "generate"]
    assert re.search(r"again, 40 replies on record: [\d.]+ s, 0 sent", done.stdout)
