"""What a message says: a text, or a list of texts. Pictures, sounds and files are refused by name."""

from typing import Any

from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.words.values import must_be, only_keys, text_in, wrong


def content_of(said: Json, param: str, *more: str) -> str:
    """The words of a message. `more` are kinds of parts that hold words too, each under its own name."""
    param = f"{param}.content"
    content = said.get("content")
    if content is None:
        raise wrong(f"'{param}' is missing: this message says nothing", param)
    if isinstance(content, str):
        return text_in(content, param)
    if not isinstance(content, list):
        raise wrong(f"'{param}' must be a text, or a list of parts of type text", param, "invalid_type")
    parts = (_part(part, f"{param}.{at}", ("text", *more)) for at, part in enumerate(content))
    return "\n".join(text for text in parts if text)  # as repair joins the parts of a row's message


def _part(part: Any, param: str, kinds: tuple[str, ...]) -> str:
    found = must_be(part, dict, param)
    kind = found.get("type")
    if kind not in kinds:
        words = f"parts of type {kind!a} are not supported: this model reads text, and nothing is fetched"
        raise wrong(words, f"{param}.type", "unsupported_value")
    only_keys(found, ("type", kind), param)
    return text_in(found.get(kind), f"{param}.{kind}")
