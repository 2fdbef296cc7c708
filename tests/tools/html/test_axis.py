"""An axis has its ticks."""

from hypothesis import given
from hypothesis import strategies as st

from pitchpipe_tools.html.axis import FILLED, axis, levels
from pitchpipe_tools.html.bins import bar_edges
from pitchpipe_tools.html.spread import Spread
from tests.tools.html.browser import Page
from tests.tools.html.values import values


@given(values, st.lists(st.floats(-100, 1e5), max_size=2))
def test_a_chart_has_its_ticks_within_it_and_apart(some, limits):
    spread = Spread()
    spread.add(some)
    page = Page(axis(bar_edges(spread, limits), spread.all_whole()))
    ticks = [float(value[5:-1]) for name, value in page.attributes if name == "style"]
    assert ticks and ticks == sorted(set(ticks)) and ticks[0] >= 0 and ticks[-1] <= 100


@given(st.integers(1, 10**9))
def test_the_numbers_beside_a_chart_are_round_and_within_it(highest):
    found = levels(highest)
    rows = [number for number, _ in found]
    assert rows[0] == 0 and 2 <= len(rows) <= 5 and highest / 2.6 <= rows[-1] <= highest
    assert all(number == int(number) and f"{number:e}"[2:8].strip("0") == "" for number in rows[1:2])
    assert [height for _, height in found] == sorted({height for _, height in found})
    assert found[-1][1] <= FILLED + 1e-9


def test_an_axis_of_one_decade_has_numbers_too():
    spread = Spread()
    spread.add(range(110, 260))
    page = Page(axis(bar_edges(spread, []), spread.all_whole()))
    assert page.text() == "100 200"


def test_no_length_at_all_has_its_number_below_its_bar():
    spread = Spread()
    spread.add([0, 1, 5, 1000])
    edges = bar_edges(spread, [])
    page = Page(axis(edges, True))
    assert page.text() == "0 1 10 100 1k"
    bar = 100 / (len(edges) - 1)
    assert [f"left:{at * bar:.1f}%" for at in (0.5, 1.5)] == [
        tick["style"] for tick in page.elements("span")
    ][:2]
