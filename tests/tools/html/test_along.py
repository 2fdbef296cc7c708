import time

import pytest

from pitchpipe_tools.html.along import STEPS, TIME
from pitchpipe_tools.html.curve import Curve, chart

NOON = 1_795_348_800  # 22 November 2026, 12:00 in UTC


@pytest.fixture(autouse=True)
def in_utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("seconds", "marks"),
    [
        (0, ["12:00"]),
        (700, ["12:00", "12:05", "12:10"]),
        (3600, ["12:00", "12:15", "12:30", "12:45", "13:00"]),
        (2 * 86400, ["12:00", "23 Nov", "12:00", "24 Nov", "12:00"]),
        (9 * 86400, ["24 Nov", "26 Nov", "28 Nov", "30 Nov"]),
    ],
)
def test_time_has_round_marks(seconds, marks):
    said = [words for _, words in TIME.marks(NOON, NOON + seconds)]
    assert said == marks


def test_marks_lie_within_and_apart():
    for seconds in (30, 500, 5000, 50_000, 500_000, 5_000_000):
        places = [place for place, _ in TIME.marks(NOON + 77, NOON + 77 + seconds)]
        assert places == sorted(set(places)) and len(places) <= 7
        assert all(NOON + 77 <= place <= NOON + 77 + seconds for place in places)


def test_a_curve_says_its_time_and_steps_say_theirs():
    points = [(NOON, 1.0), (NOON + 60, 2.0)]
    assert "22 Nov 12:01:00" in chart([Curve("asked", "now", points)], along=TIME)
    assert "step 1,000" in chart([Curve("loss", "now", [(0, 1.0), (1000, 2.0)])])
    assert STEPS.marks(5, 5) == [(5, "5")]
