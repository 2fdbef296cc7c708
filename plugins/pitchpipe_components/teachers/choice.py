"""What a server gave: its words, its thoughts before them, how likely they were, and the tokens it took."""

import re
from typing import Any, TypeGuard

import pitchpipe as pp
from pitchpipe_components.wire.ends import BROKEN, CUT, FILTERED, WHOLE

THOUGHT = re.compile(r"\s*<think>(.*?)(?:</think>|\Z)", re.DOTALL)
END = "</think>"

Said = dict[str, Any]


def reply_in(choice: Said, model: str, usage: pp.Usage | None) -> pp.Reply:
    """The reply of a choice, of a chat or of a text that goes on."""
    message, why = _named(choice, "message"), str(choice.get("finish_reason") or "").lower()
    text, thought = (_text(choice["text"]), "") if "text" in choice else _parted(message)
    if why in BROKEN:
        raise pp.AskAgain("the server broke off")
    end, problem = _end(message, why, text, thought)
    said = "" if end == "failed" else text
    if usage and not usage.written and (text or thought):
        usage = None  # nobody has counted
    return pp.Reply(said, end, model, problem, usage, reasoning=thought, logprobs=_logprobs(choice))  # type: ignore[arg-type]


def _end(message: Said, why: str, text: str, thought: str) -> tuple[str, str]:
    """How a reply ended, and the problem with it."""
    if message.get("refusal") or why in FILTERED:
        return "refused", _text(message.get("refusal")) or why
    if why in CUT:
        return "cut", "max_tokens was too few" + ", and thoughts took all: see `thinking`" * (
            not text.strip()
        )
    if message.get("tool_calls") or message.get("function_call"):
        return "failed", "it calls a tool, and none was offered"
    if why not in WHOLE:
        return "failed", f"it ended by {why!r}"
    if not text.strip():
        return "failed", "it is thoughts alone" if thought else "the reply is empty"
    return "stop", ""


def usage_in(data: Said) -> pp.Usage | None:
    """The tokens that a server counted; nothing where it counted none, or cannot have counted right."""
    said = _named(data, "usage")
    read, written, total = (said.get(name) for name in ("prompt_tokens", "completion_tokens", "total_tokens"))
    if not _counts(read) or not _counts(written):
        return None
    if _counts(total) and total > read + written:
        written = total - read  # thoughts, which some count in the total alone
    cached = _named(said, "prompt_tokens_details").get("cached_tokens", said.get("prompt_cache_hit_tokens"))
    return pp.Usage(read, written, cached if _counts(cached) and cached <= read else 0)


def of_llama(data: Said) -> Said:
    """What llama.cpp answers beside /v1, in OpenAI's form."""
    why = "length" if data.get("truncated") else data.get("stop_type")
    took = {"prompt_tokens": data.get("tokens_evaluated"), "completion_tokens": data.get("tokens_predicted")}
    probs = {"content": data.get("completion_probabilities") or data.get("probs")}
    choice = {"text": data["content"], "finish_reason": why, "logprobs": probs}
    return {"choices": [choice], "model": data.get("model"), "usage": took}


def _counts(said: Any) -> TypeGuard[int]:
    return type(said) is int and said >= 0


def _parted(message: Said) -> tuple[str, str]:
    """What was said, and what was thought before."""
    said, parts = message.get("content"), list[Said]()
    if isinstance(said, list):
        parts = [part for part in said if isinstance(part, dict)]
        said = "".join(_text(part.get("text")) for part in parts)
    said, thoughts = _text(said), "".join(_joined(part.get("thinking")) for part in parts)
    thought = thoughts or _text(message.get("reasoning_content")) or _text(message.get("reasoning"))
    return (said, thought) if thought else _thought_first(said)


def _thought_first(said: str) -> tuple[str, str]:
    """The text behind the thoughts that stand in it, and these."""
    if found := THOUGHT.match(said):
        return said[found.end() :].lstrip("\n"), found[1].strip("\n")
    # Some templates open the thoughts in the prompt, so that a reply shows their end alone, in a line's end.
    thought, ended, text = said.partition(END)
    alone = ended and text.lstrip(" \t").startswith("\n") and "<think>" not in said and END not in text
    return (text.lstrip(" \t").lstrip("\n"), thought.strip("\n")) if alone else (said, "")


def _joined(said: Any) -> str:
    """A text, or those of a list of parts."""
    if isinstance(said, list):
        return "".join(_text(part.get("text")) for part in said if isinstance(part, dict))
    return _text(said)


def _logprobs(choice: Said) -> list[tuple[str, float]]:
    """Tokens of the text, each with its log-probability."""
    said = _named(choice, "logprobs")
    each = [one for one in said.get("content") or () if isinstance(one, dict)]
    tokens = [one.get("token") for one in each] or said.get("tokens") or []
    values = [one.get("logprob") for one in each] or said.get("token_logprobs") or []
    pairs = zip(tokens, values, strict=False)
    return [(_text(token), float(value)) for token, value in pairs if isinstance(value, int | float)]


def _named(said: Said, name: str) -> Said:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _text(said: Any) -> str:
    return said if isinstance(said, str) else ""
