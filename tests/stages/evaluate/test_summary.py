"""The table of scores fits the terminal: no name and no number is cut, whatever its width."""

import pytest

import pitchpipe as pp
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.evaluate.compare import compared
from pitchpipe_stages.evaluate.measures import Measure
from pitchpipe_stages.evaluate.summary import show_table
from pitchpipe_stages.evaluate.telling import group_lines

GROUPS = {"category: sums": [str(at) for at in range(20)], "category: [b]": [str(at) for at in range(20, 40)]}


def side(hits, loss):
    shares = pp.Measured.shares({str(at): hits(at) for at in range(40)})
    means = pp.Measured.means({str(at): loss + at / 10 for at in range(40)}, better="lower")
    found = {"exact_match": shares, "mean_loss": means}
    return {name: Measure.of(name, one, "mine") for name, one in found.items()}


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_no_name_and_no_number_is_cut(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    found = compared(side(lambda at: at < 20, 9), side(lambda at: at >= 20, 3), GROUPS)
    show_table(found, ["base", "tuned"], RichConsole())
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= columns
    assert all(words in out for words in ("exact match", "mean loss", "50.0 %", "unsure", "better", "-6.000"))
    assert ("(33.8 to 66.2)" in out) == (columns > 60)
    assert ("50.0 %  (33.8 to 66.2)" in out) == (columns == 160)
    (worse, *better) = group_lines(found)
    assert worse.startswith("  [bold red]worse[/] category: sums: exact match 100.0 % to 0.0 %, -100.0 (")
    assert any("category: \\[b]" in line for line in better)
