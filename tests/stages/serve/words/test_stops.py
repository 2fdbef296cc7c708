"""Stop texts end an answer at the same place, however tokens cut it."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from pitchpipe_stages.serve.words.stops import StopTexts

letters = st.text("ab\n", max_size=12)


def said(stops, parts):
    heard = StopTexts(stops)
    text = "".join(map(heard.add, parts))
    return text + heard.add("", last=True), heard.found


def expected(stops, text):
    """Letter by letter: the first moment at which the text ends with a stop text."""
    for end in range(len(text) + 1):
        if found := [stop for stop in stops if text[:end].endswith(stop)]:
            return text[: end - max(map(len, found))], True
    return text, False


@given(st.lists(st.text("ab\n", min_size=1, max_size=4), max_size=4), letters, st.data())
def test_any_cut_ends_at_the_same_place(stops, text, data):
    places = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    parts = [text[a:b] for a, b in itertools.pairwise([0, *places, len(text)])]
    assert said(stops, parts) == expected(stops, text)


@given(st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=4), letters)
def test_no_more_is_held_back_than_a_stop_text_could_need(stops, text):
    heard = StopTexts(stops)
    heard.add(text)
    if not heard.found:
        assert len(heard.held) < max(map(len, stops))
        assert any(stop.startswith(heard.held) for stop in stops)


def test_what_is_no_stop_text_is_given_in_the_end():
    assert said(["\n\nUser:"], ["one\n", "\nUser"]) == ("one\n\nUser", False)
