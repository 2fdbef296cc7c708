"""Numbers are written for people."""

import pytest

from pitchpipe_tools.html.numbers import brief, number, share


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (1234567, "1,234,567"),
        (0.03125, "0.0312"),
        (12345.6, "12,346"),
        (None, ""),
        ("de", "de"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_are_written_for_people(value, said):
    assert number(value) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 10, "0%"),
        (10, 10, "100%"),
        (1, 10**6, "<0.1%"),
        (10**6 - 1, 10**6, ">99.9%"),
        (1, 3, "33.3%"),
        (0, 0, "0%"),
    ],
)
def test_a_share_is_nothing_or_all_only_if_it_is(part, whole, said):
    assert share(part, whole) == said


@pytest.mark.parametrize(("value", "said"), [(0.25, "0.25"), (950, "950"), (12000, "12k"), (2.5e6, "2.5M")])
def test_an_axis_is_brief(value, said):
    assert brief(value) == said
