"""Charts: ticks, bars and limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchpipe_tools.html.charts import axis, histogram
from pitchpipe_tools.html.markup import brief
from pitchpipe_tools.html.spread import Spread, edges
from tests.tools.html.browser import Page
from tests.tools.html.values import values


@given(values, st.lists(st.floats(-100, 1e5), max_size=2))
def test_a_chart_has_its_ticks_within_it_and_apart(some, limits):
    spread = Spread()
    spread.add(some)
    page = Page(axis(edges(spread, limits), spread.whole()))
    ticks = [float(value[5:-1]) for name, value in page.attributes if name == "style"]
    assert ticks and ticks == sorted(set(ticks)) and ticks[0] >= 0 and ticks[-1] <= 100


def test_bars_out_of_bounds_are_drawn_as_such_and_whole_limits_stand_between_bars():
    spread = Spread()
    spread.add([1, 1, 2, 3, 4])
    page = Page(histogram([("rows", spread)], edges(spread, [2.0]), (None, 2)))
    drawn = {d["class"]: d["d"].count("M") for d in page.elements("path")}
    assert drawn == {"rows": 2, "out": 2}
    (line,) = page.elements("line")
    assert line["x1"] == "20.0"
    (svg,) = page.elements("svg")
    assert svg["viewbox"] == "0 0 40 100" and svg["aria-label"] == "rows: 5 values from 1 to 4, median 2"
    assert "1: rows 2" in page.text() and "4: rows 1" in page.text()


def test_a_limit_far_from_all_values_is_not_drawn():
    spread = Spread()
    spread.add([1, 2, 3])
    page = Page(histogram([("rows", spread)], edges(spread, [200000.0]), (None, 200000)))
    assert page.tags["line"] == 0 and page.tags["rect"] == 3


@pytest.mark.parametrize(("value", "said"), [(0.25, "0.25"), (950, "950"), (12000, "12k"), (2.5e6, "2.5M")])
def test_an_axis_is_brief(value, said):
    assert brief(value) == said
