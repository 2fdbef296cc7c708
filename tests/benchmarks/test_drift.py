"""The benchmark of drift runs, and its window keeps what it promises."""

import runpy
import sys

from tests.documents import ROOT


def test_nothing_changed_is_seldom_told_and_what_changed_often(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["drift.py", "--tries", "10"])
    runpy.run_path(str(ROOT / "benchmarks" / "drift.py"), run_name="__main__")
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")][1:]
    told = {tuple(cells[:2]): cells[3:] for line in lines if (cells := line.strip("| ").split(" | "))}
    assert told["nothing changed", "500"] == ["0.0%", "0.0%"]
    assert told["twice as long", "500"] == ["100.0%", "100.0%"]
    assert float(told["1.5 times as long", "500"][0].rstrip("%")) >= 90
