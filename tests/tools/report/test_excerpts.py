"""A change is shown where it is."""

from pitchpipe import Conversation, Message
from pitchpipe_tools.report.data.excerpts import difference, excerpts


def test_a_change_is_shown_where_it_is():
    before = Conversation((Message("user", "x"), Message("assistant", "a " * 400 + "BAD" + " z" * 400)))
    after = Conversation((Message("user", "x"), Message("assistant", "a " * 400 + "good" + " z" * 400)))
    (_, old), (_, new) = difference(before, after)
    assert "BAD" in old and "good" in new and max(len(old), len(new)) < 200


def test_what_a_reply_calls_is_shown_and_compared():
    asked = Message("user", "Tell Jo.")
    calls = [({"function": {"name": "mail", "arguments": {"to": to}}},) for to in ("jo@acme.de", "[EMAIL]")]
    before, after = (
        Conversation((asked, Message("assistant", "", tool_calls=call, reasoning="Hm."))) for call in calls
    )
    assert excerpts(before)[1:] == [
        ("assistant thinks", "Hm."),
        ("assistant calls", 'mail {"to":"jo@acme.de"}'),
    ]
    (_, old), (_, new) = difference(before, after)
    assert "jo@acme.de" in old and "[EMAIL]" in new
