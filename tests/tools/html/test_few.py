"""A few values are lines with counts, not a drawing of slabs."""

from pitchpipe_tools.html.few import FEW, is_few, value_lines
from pitchpipe_tools.html.spread import Spread
from tests.tools.html.browser import Page


def spread(*values):
    found = Spread()
    found.add(values)
    return found


def test_up_to_a_few_values_are_few_whichever_series_has_them():
    assert is_few([("rows", spread(0, 0, 1))])
    assert is_few([("before", spread(*range(FEW))), ("after", spread(0))])
    assert not is_few([("before", spread(*range(FEW))), ("after", spread(FEW))])


def test_each_value_has_a_line_with_its_count_and_its_share():
    page = Page(value_lines([("rows", spread(*[0] * 97, 1, 1, 7))], (None, 1)))
    assert page.tags["svg"] == 0 and page.text() == "0 97 (97.0%) 1 2 (2.0%) 7 1 (1.0%)"
    assert [bar["class"] for bar in page.elements("i")] == ["rows", "rows", "out"]
    assert page.elements("i")[0]["style"] == "width:100.00%"


def test_two_series_stand_in_one_line():
    page = Page(value_lines([("before", spread(1, 1, 3)), ("after", spread(1, 1))]))
    assert page.text() == "1 2 (66.7%) → 2 (100%) 3 1 (33.3%) → 0 (0%)"
    assert [bar["class"] for bar in page.elements("i")] == ["before", "after", "before"]
