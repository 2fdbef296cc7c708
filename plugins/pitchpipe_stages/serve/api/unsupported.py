"""Parameters that are taken because they change nothing, and those that are refused by name."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pitchpipe.errors import suggest
from pitchpipe.host.serving import Declined
from pitchpipe.records.conversation import Json

# What they ask for is no part of the answer: any value is taken. `null` is taken of every parameter.
HARMLESS = {
    "prompt_cache_key": "how caches find an answer",
    "prompt_cache_options": "how long caches keep a prompt",
    "prompt_cache_retention": "how long caches keep a prompt",
    "safety_identifier": "a name of the user; taken for `user` where that is left out",
}


class Unsupported(NamedTuple):
    """Values that ask for nothing, and what to do instead."""

    idle: tuple[Any, ...] = ()
    cure: str = ""


_STOPS = "use `stop`, which takes text"
_FORMS = "ask for the form in a message, and read the answer with care"
_REPEATS = "use `frequency_penalty` or `presence_penalty`"
_TEMPLATE = "templates come from the server alone"

BOTH = {
    "service_tier": Unsupported(("auto", "default"), "there is one way to be served"),
    "suffix": Unsupported((), "the model goes on behind a prompt, and does not fill in"),
    "best_of": Unsupported((1,), "use `n`, and choose among the answers"),
    "echo": Unsupported((False,), "put the prompt in front of the answer yourself"),
    "response_format": Unsupported(({"type": "text"},), _FORMS),
    "repetition_penalty": Unsupported((1,), _REPEATS),
    "length_penalty": Unsupported((1,)),
    "use_beam_search": Unsupported((False,)),
    "ignore_eos": Unsupported((False,), "use `logit_bias` on the tokens that end an answer"),
    "min_tokens": Unsupported((0,), "use `logit_bias` on the tokens that end an answer"),
    "stop_token_ids": Unsupported(([],), _STOPS),
    "include_stop_str_in_output": Unsupported((False,)),
    "skip_special_tokens": Unsupported((True,), "control tokens are never part of an answer"),
    "spaces_between_special_tokens": Unsupported((True,)),
    "add_special_tokens": Unsupported(),
    "truncate_prompt_tokens": Unsupported((), "shorten the prompt yourself"),
    "prompt_logprobs": Unsupported((), "`pitchpipe eval` has the perplexity of texts"),
    "allowed_token_ids": Unsupported((), "use `logit_bias`"),
    "bad_words": Unsupported(([],), "use `logit_bias`, or a guard"),
    "logits_processors": Unsupported(([],), "no code is taken from clients"),
    "structured_outputs": Unsupported((), _FORMS),
    "guided_json": Unsupported((), _FORMS),
    "guided_regex": Unsupported((), _FORMS),
    "guided_choice": Unsupported((), _FORMS),
    "guided_grammar": Unsupported((), _FORMS),
    "guided_decoding_backend": Unsupported((), _FORMS),
    "grammar": Unsupported((), _FORMS),
    "priority": Unsupported((0,)),
    "return_token_ids": Unsupported((False,)),
    "return_tokens_as_token_ids": Unsupported((False,)),
}

CHAT = BOTH | {
    "audio": Unsupported((), "answers are text"),
    "modalities": Unsupported((["text"],), "answers are text"),
    "function_call": Unsupported(("none",), "use `tools` and `tool_choice`"),
    "functions": Unsupported(([],), "use `tools`"),
    "moderation": Unsupported((), "the server's own guards look at every answer"),
    "prediction": Unsupported((), "each token is written anew"),
    "store": Unsupported((False,), 'send metadata {"consent": "yes"} to let the answer be kept'),
    "verbosity": Unsupported(("medium",), "ask for it in a message"),
    "web_search_options": Unsupported((), "the model has nothing but its weights"),
    "chat_template": Unsupported((), _TEMPLATE),
    "add_generation_prompt": Unsupported((True,), _TEMPLATE),
    "continue_final_message": Unsupported((False,), "use /v1/completions to go on with a text"),
    "documents": Unsupported((), "put them into a message"),
    "prompt": Unsupported((), "use `messages`, or /v1/completions"),
    "best_of": BOTH["best_of"],
}

TEXT = BOTH | {
    "messages": Unsupported((), "use `prompt`, or /v1/chat/completions"),
    "max_completion_tokens": Unsupported((), "use `max_tokens`"),
    "top_logprobs": Unsupported((), "use `logprobs` with a number"),
    "tools": Unsupported(([],), "use /v1/chat/completions"),
    "store": CHAT["store"],
}


def sift(body: Json, known: set[str], refused: Mapping[str, Unsupported]) -> Json:
    """What is asked for, without what asks for nothing. The rest is refused by name."""
    asked = {name: value for name, value in body.items() if value is not None}
    for name, value in asked.items():
        if name not in known and name not in HARMLESS:
            _check(name, value, {*known, *refused}, refused)
    return {name: value for name, value in asked.items() if name in known}


def _check(name: str, value: Any, known: set[str], refused: Mapping[str, Unsupported]) -> None:
    if name not in refused:
        message = f"there is no parameter '{name}'.{suggest(name, known)}"
        raise Declined(400, message, name, "unknown_parameter")
    if any(
        value == idle and isinstance(value, bool) is isinstance(idle, bool) for idle in refused[name].idle
    ):
        return
    cure = f": {refused[name].cure}" if refused[name].cure else ""
    raise Declined(400, f"this server does not support '{name}'{cure}", name, "unsupported_parameter")
