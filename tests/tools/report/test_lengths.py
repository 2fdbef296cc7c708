"""Lengths are those of each message."""

from pitchpipe import Conversation, Message
from pitchpipe_tools.report.data.lengths import LENGTHS, measured


def test_lengths_are_those_of_each_message():
    messages = (
        Message("system", "be kind"),
        Message("user", "abc", context="de"),
        Message("assistant", "two words"),
        Message("user", "f"),
        Message("assistant", ""),
    )
    found = measured([(7, Conversation(messages))])
    assert {name: (list(values), list(rows)) for name, (values, rows) in found.items()} == dict(
        zip(LENGTHS, [([5, 1], [7, 7]), ([9, 0], [7, 7]), ([2, 0], [7, 7]), ([2], [7])], strict=True)
    )
