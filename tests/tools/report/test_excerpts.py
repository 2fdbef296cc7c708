"""A change is shown where it is."""

from pitchpipe import Conversation, Message
from pitchpipe_tools.report.excerpts import difference


def test_a_change_is_shown_where_it_is():
    before = Conversation((Message("user", "x"), Message("assistant", "a " * 400 + "BAD" + " z" * 400)))
    after = Conversation((Message("user", "x"), Message("assistant", "a " * 400 + "good" + " z" * 400)))
    (_, old), (_, new) = difference(before, after)
    assert "BAD" in old and "good" in new and max(len(old), len(new)) < 200
