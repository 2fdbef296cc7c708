"""How long a server wants to be left alone, in every way in which it is said."""

from email.utils import formatdate

import pytest

from pitchpipe_components.wire.waiting import after

NOW = 1_750_000_000


def date(seconds: float) -> str:
    return formatdate(NOW + seconds, usegmt=True)


@pytest.mark.parametrize(("headers", "seconds"), [
    ({}, None), ({"retry-after": "7"}, 7.0), ({"retry-after": "0.5"}, 0.5), ({"retry-after-ms": "20", "retry-after": "1"}, 0.02),
    ({"retry-after": "0"}, None), ({"retry-after": "-3"}, None), ({"retry-after": "nan"}, None), ({"retry-after": "soon"}, None),
    ({"retry-after": date(30), "date": date(0)}, 30.0), ({"retry-after": date(-30), "date": date(0)}, None),
    ({"retry-after": date(30)}, None), ({"retry-after": "Fri, 31 Feb 2026 00:00:00 GMT", "date": date(0)}, None),
])  # fmt: skip
def test_seconds_dates_and_nonsense(headers, seconds):
    assert after(headers) == seconds
