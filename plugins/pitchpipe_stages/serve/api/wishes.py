"""How a client wants to be answered, from its parameters."""

from pitchpipe.host.contracts import Sampling
from pitchpipe.host.serving import Declined, Wish
from pitchpipe_stages.serve.api.checking import wrong
from pitchpipe_stages.serve.api.parameters import ChatParameters, TextParameters
from pitchpipe_stages.serve.sections import Serve

_SAMPLING = ("temperature", "top_p", "top_k", "min_p")
_OPENAI = Sampling(1.0)  # where neither the client nor the model says otherwise


def chat_wish(asked: ChatParameters, serve: Serve) -> Wish:
    """The wish of a chat. Likely tokens are asked for by `logprobs`, and so many others by `top_logprobs`."""
    if asked.top_logprobs is not None and not asked.logprobs:
        raise Declined(400, "'top_logprobs' needs 'logprobs': true", "top_logprobs", "invalid_value")
    both = asked.max_tokens, asked.max_completion_tokens
    if None not in both and both[0] != both[1]:
        message = "'max_tokens' and 'max_completion_tokens' name two numbers; send one of them"
        raise Declined(400, message, "max_tokens", "invalid_value")
    name = "max_completion_tokens" if both[0] is None else "max_tokens"
    logprobs = (asked.top_logprobs or 0) if asked.logprobs else None
    return _wish(asked, limited(name, both[0] or both[1], serve), logprobs)


def text_wish(asked: TextParameters, serve: Serve) -> Wish:
    """The wish of a completion."""
    return _wish(asked, limited("max_tokens", asked.max_tokens, serve), asked.logprobs)


def _wish(asked: ChatParameters | TextParameters, most: int | None, logprobs: int | None) -> Wish:
    if asked.stream_options and not asked.stream:
        raise Declined(400, "'stream_options' needs 'stream': true", "stream_options", "invalid_value")
    if asked.stream_options and asked.stream_options.include_obfuscation:
        message = "this server does not support 'include_obfuscation'"
        raise Declined(400, message, "stream_options.include_obfuscation", "unsupported_parameter")
    given = {name: value for name in _SAMPLING if (value := getattr(asked, name)) is not None}
    left = tuple(name for name in _SAMPLING if name not in given)
    stop = (asked.stop,) if isinstance(asked.stop, str) else tuple(asked.stop or ())
    return Wish(
        sampling_of(given), most, stop, asked.n or 1, asked.seed, _bias(asked.logit_bias or {}),
        asked.frequency_penalty or 0.0, asked.presence_penalty or 0.0, logprobs, left=left,
    )  # fmt: skip


def sampling_of(given: dict[str, float]) -> Sampling:
    """What is given, and the rest as OpenAI has it."""
    values = {name: given.get(name, getattr(_OPENAI, name)) for name in _SAMPLING}
    return Sampling(
        float(values["temperature"]), float(values["top_p"]),
        max(0, int(values["top_k"])), float(values["min_p"]),
    )  # fmt: skip


def limited(name: str, asked: int | None, serve: Serve) -> int | None:
    """The most tokens of an answer, as it is asked for, which is not more than the server gives."""
    if asked and serve.max_tokens and asked > serve.max_tokens:
        raise wrong(name, f"a whole number from 1 to {serve.max_tokens:,} on this server", asked)
    return asked


def _bias(given: dict[str, float]) -> dict[int, float]:
    for token in given:
        if not (token.isascii() and token.isdecimal()):
            message = f"'logit_bias' names tokens by their ids, and '{token[:40]}' is none"
            raise Declined(400, message, "logit_bias", "invalid_value")
    return {int(token): value for token, value in given.items()}


def wants_usage(asked: ChatParameters | TextParameters) -> bool:
    """Whether a stream ends with its numbers of tokens."""
    return bool(asked.stream_options and asked.stream_options.include_usage)
