"""Each counted value is in one bar."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pitchpipe_tools.html.bins import bar_counts, bar_edges, position
from pitchpipe_tools.html.spread import Spread
from tests.tools.html.values import values


@given(values, st.lists(st.floats(-100, 1e5), max_size=2))
def test_every_value_is_in_one_bar(some, limits):
    spread = Spread()
    spread.add(some)
    ends = bar_edges(spread, limits)
    assert all(low < high for low, high in pairwise(ends))
    assert len(ends) <= 130
    assert ends[0] <= spread.least() and spread.most() <= ends[-1]
    assert sum(bar_counts(spread, ends)) == len(some) == len(spread)
    where = [position(value, ends) for value in sorted(some)]
    assert where == sorted(where) and where[0] >= 0 and where[-1] <= 1
