"""The benchmark of the window runs, and the window keeps what it promises."""

import runpy
import sys

from tests.documents import ROOT


def test_the_window_is_near_free_order(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["window.py", "--drafts", "5000", "--stragglers", "0"])
    runpy.run_path(str(ROOT / "benchmarks" / "window.py"), run_name="__main__")
    said = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    assert float(said["the window"].rstrip("%")) >= 85
    assert float(said["rounds of 64"].rstrip("%")) < 40
