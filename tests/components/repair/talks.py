"""Conversations in bad shape, and what repair makes of them."""

from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe_components.repair import repair

M = pp.Message
CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}


def talk(*turns, **fields):
    """A conversation of (role, content) or of whole messages."""
    return pp.Conversation(tuple(turn if isinstance(turn, M) else M(*turn) for turn in turns), **fields)


def outcome(conversation, **options):
    """What repair made of it: the conversation and the notes, or the drop."""
    result = repair(conversation, **options)
    if isinstance(result, pp.Verdict):
        assert result.notes and result.conversation != conversation
        return result.conversation, result.notes
    return result if isinstance(result, pp.Drop) else (result, ())


def reply_of(text, prompt="Hi", **options):
    """What becomes of a reply's text, and the notes."""
    mended, notes = outcome(talk(("user", prompt), ("assistant", text)), **options)
    return mended.messages[-1].content, notes


U, A, S, T = ("user", "Hi"), ("assistant", "Hello"), ("system", "Be kind."), ("tool", "3")
U2, A2, S2 = ("user", "More?"), ("assistant", "Yes."), ("system", "Be brief.")
MERGED, EMPTY, CUT = "turns of one role merged", "empty turn removed", "cut at an empty turn"
NUMBER, LIST, NAN = (
    "number or boolean read as text: content",
    "list read as text: content",
    "nan read as empty: content",
)
words = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="&<"), min_size=1
).filter(lambda t: t.strip() and t != "nan")
