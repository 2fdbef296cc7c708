"""An axis has its ticks."""

from hypothesis import given
from hypothesis import strategies as st

from pitchpipe_tools.html.axis import axis
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
