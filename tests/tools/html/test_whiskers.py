"""Dots and whiskers: any numbers make a drawing, in its place and in words."""

from math import inf, nan

from hypothesis import given
from hypothesis import strategies as st

from pitchpipe_tools.html.whiskers import WIDTH, Ruler, Whisker, whiskers
from tests.tools.html.browser import Page

numbers = st.floats(-1e30, 1e30) | st.sampled_from([nan, inf, -inf, 0.0, 1e-300])
estimates = st.lists(
    st.builds(Whisker, st.just("x"), st.just("ring"), numbers, st.none() | numbers, st.none() | numbers),
    max_size=3,
)


@given(estimates, st.booleans())
def test_any_numbers_make_a_sound_drawing(found, about_zero):
    ruler = Ruler.about_zero(found) if about_zero else Ruler.around(found)
    page = Page(whiskers(found, ruler, (0.0,) if about_zero else ()))
    assert page.errors == [] and page.open == []
    for path in page.elements("path"):
        assert "nan" not in path["d"] and "inf" not in path["d"]


def test_values_lie_where_they_belong():
    ruler = Ruler.around([Whisker("a", "ring", 1.0, 0.0, 2.0)])
    assert 0 < ruler.place(0.0) < ruler.place(1.0) == WIDTH / 2 < ruler.place(2.0) < WIDTH
    assert Ruler.about_zero([Whisker("a", "better", -3.0)]).place(0.0) == WIDTH / 2
    powers = Ruler.around([Whisker("a", "ring", 8392.0), Whisker("b", "disc", 1.04)])
    assert powers.by_powers and powers.place(1.04) < powers.place(100) < powers.place(8392)
    assert powers.place(-1.0) == 0 and powers.place(0.0) == 0  # no power of ten is so small


def test_it_is_told_in_words():
    (svg,) = Page(whiskers([Whisker("base", "ring", 0.5, 0.25, 0.75)], Ruler(0, 1))).elements("svg")
    assert svg["aria-label"] == "base 0.5, between 0.25 and 0.75"
