"""Curves: what is drawn of many points, of one, and of what is no number."""

from math import inf, isfinite, nan

from hypothesis import given
from hypothesis import strategies as st

from pitchpipe_tools.html.curve import STRETCHES, Curve, chart, thinned
from tests.tools.html.browser import Page

points = st.lists(st.floats(-1e30, 1e30) | st.sampled_from([nan, inf, 0.0, 1e-300]), min_size=1, max_size=900)


def drawn(*values, **how):
    return Page(chart([Curve("loss", "train", list(enumerate(values, 1)))], **how))


@given(points, st.booleans(), st.booleans())
def test_any_numbers_make_a_sound_drawing(values, by_powers, from_zero):
    page = drawn(*values, by_powers=by_powers, from_zero=from_zero)
    assert page.errors == [] and page.open == []
    for path in page.elements("path"):
        assert "nan" not in path["d"] and "inf" not in path["d"]
    if not any(map(isfinite, values)):
        assert page.text() == "no finite number"


@given(points)
def test_a_long_curve_keeps_its_extremes_and_its_end(values):
    all_points = list(enumerate(values))
    kept = thinned(all_points)
    assert len(kept) <= 3 * STRETCHES + 1 and [step for step, _ in kept] == sorted(step for step, _ in kept)
    finite = [value for value in values if isfinite(value)]
    if finite:
        shown = [value for _, value in kept if isfinite(value)]
        assert (min(shown), max(shown)) == (min(finite), max(finite))
        assert not isfinite(values[-1]) or kept[-1] == all_points[-1]


def test_a_lone_point_is_a_dot_and_a_gap_is_a_gap():
    (path,) = [path for path in drawn(2.5).elements("path") if path["class"].startswith("line")]
    assert path["d"] == "M300 50h0"
    (path,) = [path for path in drawn(1, 2, nan, 3, 4).elements("path") if path["class"].startswith("line")]
    assert path["d"].count("M") == 2 and path["d"].count("L") == 2


def test_a_curve_of_one_point_is_a_dot_that_is_seen():
    classes = [
        [path["class"].split() for path in drawn(*values).elements("path")] for values in ([2.5], [2.5, 3])
    ]
    assert ["lone" in each[-1] for each in classes] == [True, False]


def test_numbers_far_apart_are_shown_by_powers_of_ten():
    assert drawn(0.01, 1, 1000, by_powers=True).text().startswith("0.01 0.1 1 10 100 1k")
    assert "1e" not in drawn(1, 2, 3, by_powers=True).text()


def test_it_is_told_in_words_and_at_each_place():
    page = drawn(4.0, 3.0, 1.5, 2.0)
    (svg,) = page.elements("svg")
    assert svg["aria-label"] == "loss: 4 at step 1, 2 at step 4, between 1.5 and 4"
    assert "step 3: loss 1.5" in page.text()
