"""Charts: bars and limits."""

from pitchpipe_tools.html.bins import bar_edges
from pitchpipe_tools.html.charts import histogram
from pitchpipe_tools.html.spread import Spread
from tests.tools.html.browser import Page


def test_bars_out_of_bounds_are_drawn_as_such_and_whole_limits_stand_between_bars():
    spread = Spread()
    spread.add([1, 1, 2, 3, 4])
    page = Page(histogram([("rows", spread)], bar_edges(spread, [2.0]), (None, 2)))
    drawn = {d["class"]: d["d"].count("M") for d in page.elements("path")}
    assert drawn == {"level": 2, "rows": 2, "out": 2}
    (line,) = page.elements("line")
    assert line["x1"] == "20.0"
    (svg,) = page.elements("svg")
    assert svg["viewbox"] == "0 0 40 100" and svg["aria-label"] == "rows: 5 values from 1 to 4, median 2"
    assert "1: rows 2" in page.text() and "4: rows 1" in page.text()
    assert page.text().startswith("0 1 2 ")  # the numbers beside it


def test_a_limit_far_from_all_values_is_not_drawn():
    spread = Spread()
    spread.add([1, 2, 3])
    page = Page(histogram([("rows", spread)], bar_edges(spread, [200000.0]), (None, 200000)))
    assert page.tags["line"] == 0 and page.tags["rect"] == 3


def test_a_limit_far_below_all_values_takes_no_room_from_them():
    spread = Spread()
    spread.add(range(40, 100))
    assert bar_edges(spread, [1.0])[0] == 40 and bar_edges(spread, [0.0])[0] == 40
    assert bar_edges(spread, [20.0])[0] == 20
