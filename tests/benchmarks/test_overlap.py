"""The benchmark of overlap runs, and its scores are those of the packages beside it."""

import runpy
import sys

from tests.documents import ROOT


def test_the_scores_are_the_same(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["overlap.py", "--pairs", "20"])
    runpy.run_path(str(ROOT / "benchmarks" / "overlap.py"), run_name="__main__")
    names = [line[:16].strip() for line in capsys.readouterr().out.splitlines()]
    assert names == ["pairs a second", "BLEU", "chrF", "ROUGE-1, 2, L"]
