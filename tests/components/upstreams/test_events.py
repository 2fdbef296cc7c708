"""Server-sent events: the same, wherever the bytes are cut."""

import pytest

from pitchpipe_components.upstreams.events import LONGEST, EventReader, EventTooLong

STREAM = "\ufeff: hi\r\nid: 7\rretry: 3\r\rdata: é😀\ndata:two\r\n\nevent: x\ndata:  a\u2028b\r\n\r\ndata: [DONE]".encode()
EVENTS = ["é😀\ntwo", " a\u2028b", "[DONE]"]


@pytest.mark.parametrize("size", [*range(1, 9), len(STREAM)])
def test_events_are_the_same_in_pieces_of_any_size(size):
    reader, found = EventReader(), []
    for start in range(0, len(STREAM), size):
        found += reader.add(STREAM[start : start + size])
    assert found + list(reader.finish()) == EVENTS


def test_an_event_without_an_end_is_not_kept_for_ever():
    reader = EventReader()
    with pytest.raises(EventTooLong):
        for _ in range(LONGEST // (1 << 20) + 2):
            list(reader.add(b"data: " + b"x" * (1 << 20)))
