"""One conversation on the page: its text, what decided about it, and its tokens in each column."""

from collections.abc import Sequence

from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.message_lines import lines_of
from pitchpipe_tools.peek.boxes import boxes, texts
from pitchpipe_tools.peek.columns import Column, WrittenConversation
from pitchpipe_tools.peek.hops import Hop, PeekedConversation
from pitchpipe_tools.peek.tokens import count_learned, count_stretches, first_difference

FOLDED = 600  # a conversation of more tokens is folded
LONG = 4000  # a conversation of more characters is folded


def anchor(peeked: PeekedConversation) -> str:
    """The name of a conversation in links."""
    return f"c{peeked.number}"


def article(peeked: PeekedConversation, columns: Sequence[Column]) -> Markup:
    """The text of a conversation, the hops that matter, all other hops folded, then its tokens."""
    hops = (*peeked.before, *peeked.hops)
    parts = [
        _name(peeked.conversation) if peeked.conversation else None,
        _messages(peeked.messages) if peeked.messages else None,
        _hops([hop for hop in hops if not hop.quiet]),
        _quiet([hop for hop in hops if hop.quiet]),
        _columns(peeked.written, columns) if peeked.written else None,
    ]
    return element("article", parts, id=anchor(peeked), class_="lost" if peeked.lost else None)


def _name(conversation: Conversation) -> Markup:
    category = f"category {conversation.category}, " if conversation.category else ""
    return element("p", f"{category}id {conversation.id}", class_="facts")


def _messages(messages: Sequence[Message]) -> Markup:
    """The messages as text. Each is written from the side from which its language is read."""
    lines = [line for message in messages for line in lines_of(message)]
    size = sum(len(words) for _, words in lines)
    drawn = [(element("dt", what.strip()), element("dd", words, dir="auto")) for what, words in lines]
    text = element("div", element("dl", drawn), class_="example")
    summary = element("summary", f"{number(size)} characters of text")
    return element("details", summary, text, class_="one") if size > LONG else text


def _hops(hops: Sequence[Hop]) -> Markup | None:
    return element("ul", [element("li", _hop(hop)) for hop in hops], class_="hops") if hops else None


def _hop(hop: Hop) -> list[object]:
    fate = element("span", element("i", class_=hop.fate), hop.fate, class_="fate") if hop.fate else None
    scores = element("small", f" {hop.scores}", class_="quiet") if hop.scores else None
    stage = None if hop.stage == hop.fate else element("b", hop.stage)
    return [fate, " ", stage, " ", hop.words, scores]


def _quiet(hops: Sequence[Hop]) -> Markup | None:
    """The filters that say nothing against a conversation, with their scores, folded."""
    if not hops:
        return None
    kept = sum(hop.words == "kept" for hop in hops)
    counts = [f"{kept} filter{'s keep' if kept != 1 else ' keeps'} it"] * bool(kept)
    if more := len(hops) - kept:
        counts.append(
            f"{more} compare{'s' * (more == 1)} all rows, and {'is' if more == 1 else 'are'} not asked here"
        )
    return element("details", element("summary", ", ".join(counts)), _hops(hops), class_="raw")


# --- Columns --------------------------------------------------------------------------------------


def _columns(written: Sequence[WrittenConversation], columns: Sequence[Column]) -> Markup:
    """The columns side by side. The first tokens that differ are marked."""
    beside = len(written) > 1
    both = beside and all(conversation.tokens for conversation in written)
    differs = first_difference(written[0].tokens, written[1].tokens) if both else None
    drawn = []
    for column, conversation in zip(columns, written, strict=True):
        first = written[0] if both and conversation is not written[0] else None
        title = element("h3", column.title) if len(columns) > 1 else None
        drawn.append(_column(title, conversation, _facts(conversation, column.stop, first), differs))
    return element("div", drawn, class_="beside" if beside else None)


def _column(title: Markup | None, written: WrittenConversation, facts: str, differs: int | None) -> Markup:
    hop = Hop(written.fate or written.step, written.reason, fate=written.fate)
    fate = element("p", _hop(hop)) if written.reason else None
    if not written.tokens:
        return element("div", title, fate, texts(written.pieces), class_="column")
    summary = element("summary", f"{number(len(written.tokens))} tokens", element("small", facts))
    drawn = boxes(written.tokens, written.cut, written.cut_at, differs)
    is_open = "open" if len(written.tokens) + len(written.cut) <= FOLDED else None
    folded = element("details", summary, drawn, open=is_open, class_="one")
    return element("div", title, fate, folded, class_="column" + " dropped" * bool(written.fate))


def _facts(written: WrittenConversation, stop: str, first: WrittenConversation | None) -> str:
    """Counts of the tokens. `first` is the same conversation in the first column."""
    tokens, learned = written.tokens, count_learned(written.tokens)
    found, stopped = count_stretches(tokens)
    facts = [f"{number(learned)} learned, {share(learned, len(tokens))}"]
    if found != stopped:
        facts.append(f"{found - stopped} of {found} learned stretches do not end in {stop}")
    if written.cut:
        facts.append(f"{number(len(written.cut))} more were cut")
    if first:
        facts.append(f"{len(tokens) - len(first.tokens):+,} beside the first column")
    return "; ".join(facts)
