"""What clients may ask for, parameter by parameter. A description says what a value must be; what stands
behind its semicolon is for readers of the docs."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from pitchpipe.records.conversation import Json

INT64 = 2**63
MOST_ANSWERS = 16

Name = Annotated[str, Meta(min_length=1, description="the name of a model; GET /v1/models lists them")]
Flag = Annotated[bool, Meta(description="true or false")]
Stream = Annotated[bool, Meta(description="true or false; whether words are sent as they come")]
User = Annotated[str, Meta(description="text; who asks, for rules that tell users apart")]
Temperature = Annotated[
    float,
    Meta(ge=0, le=2, description="a number from 0 to 2; 0: always the likeliest token"),
]
Share = Annotated[
    float,
    Meta(gt=0, le=1, description="a number above 0, up to 1; tokens that make up this share of the chance"),
]
TopK = Annotated[
    int,
    Meta(ge=-1, description="a whole number from -1 on; so many of the likeliest tokens, 0 and -1: all"),
]
MinP = Annotated[
    float,
    Meta(
        ge=0, le=1, description="a number from 0 to 1; tokens that are this likely beside the likeliest one"
    ),
]
Often = Annotated[
    float,
    Meta(
        ge=-2, le=2, description="a number from -2 to 2; off each token's logit, as often as it was written"
    ),
]
Once = Annotated[
    float,
    Meta(ge=-2, le=2, description="a number from -2 to 2; off the logit of each token that was written"),
]
Most = Annotated[
    int,
    Meta(ge=1, description="a whole number from 1 on; tokens, left out: what the context leaves"),
]
Count = Annotated[
    int,
    Meta(ge=1, le=MOST_ANSWERS, description=f"a whole number from 1 to {MOST_ANSWERS}; so many answers"),
]
Seed = Annotated[
    int,
    Meta(ge=-INT64, le=INT64 - 1, description="a whole number of 64 bits; the same seed, the same answer"),
]
Stop = Annotated[
    Annotated[str, Meta(min_length=1)]
    | Annotated[list[Annotated[str, Meta(min_length=1)]], Meta(max_length=4)],
    Meta(description="a text that is not empty, or a list of up to 4; not part of the answer"),
]
Bias = Annotated[
    dict[str, Annotated[float, Meta(ge=-100, le=100)]],
    Meta(description='an object of token ids and numbers from -100 to 100, as in {"42": -100}'),
]
Notes = Annotated[
    dict[str, str],
    Meta(description='an object of texts; "consent": "yes" or "no" says whether the answer may be kept'),
]


class StreamOptions(Struct, forbid_unknown_fields=True):
    include_usage: Flag | None = None
    include_obfuscation: bool = False  # chunks are not padded to hide their length: true is refused


class _Shared(Struct, kw_only=True):
    """What chat and completions have in common."""

    model: Name
    stream: Stream | None = None
    stream_options: (
        Annotated[
            StreamOptions,
            Meta(description="an object; include_usage, true or false, counts tokens at the end"),
        ]
        | None
    ) = None
    n: Count | None = None
    max_tokens: Most | None = None
    temperature: Temperature | None = None
    top_p: Share | None = None
    top_k: TopK | None = None
    min_p: MinP | None = None
    seed: Seed | None = None
    stop: Stop | None = None
    logit_bias: Bias | None = None
    frequency_penalty: Often | None = None
    presence_penalty: Once | None = None
    user: User | None = None
    metadata: Notes | None = None


class ChatParameters(_Shared, kw_only=True):
    """POST /v1/chat/completions"""

    messages: Annotated[
        list[Any],
        Meta(min_length=1, description='a list of messages, as in [{"role": "user", "content": "Hi"}]'),
    ]
    max_completion_tokens: Most | None = None
    logprobs: Annotated[bool, Meta(description="true or false; how likely each token was")] | None = None
    top_logprobs: (
        Annotated[int, Meta(ge=0, le=20, description="a whole number from 0 to 20; beside logprobs: true")]
        | None
    ) = None
    tools: (
        Annotated[list[Any], Meta(description="a list of tools; where the chat template knows tools")] | None
    ) = None
    tool_choice: Annotated[str | Json, Meta(description='"auto" or "none"; no call can be forced')] | None = (
        None
    )
    parallel_tool_calls: (
        Annotated[bool, Meta(description="true or false; false: one call at most")] | None
    ) = None
    chat_template_kwargs: (
        Annotated[Json, Meta(description="an object of variables that the chat template knows")] | None
    ) = None
    reasoning_effort: Annotated[str, Meta(description="text; where the chat template knows it")] | None = None


class TextParameters(_Shared, kw_only=True):
    """POST /v1/completions"""

    prompt: Annotated[
        Annotated[str, Meta(min_length=1)] | Annotated[list[Any], Meta(min_length=1)],
        Meta(description="a text that is not empty, a list of them, token ids, or a list of lists of those"),
    ]
    logprobs: (
        Annotated[int, Meta(ge=0, le=5, description="a whole number from 0 to 5; how likely tokens were")]
        | None
    ) = None


class InstructionParameters(Struct, kw_only=True):
    """POST /generate"""

    instruction: Annotated[str, Meta(min_length=1, description="a text that is not empty")]
    model: Name | None = None
    max_tokens: Annotated[int, Meta(ge=1, description="a whole number from 1 on; left out: 256")] | None = (
        None
    )
    temperature: Temperature = 0.7


class FeedbackParameters(Struct, kw_only=True):
    """POST /v1/feedback"""

    id: Annotated[str, Meta(min_length=1, description="the id of an answer")]
    rating: (
        Annotated[float, Meta(ge=-1, le=1, description="a number from -1 to 1; -1: bad, 1: good")] | None
    ) = None
    better: Annotated[str, Meta(description="text; the reply that would have been right")] = ""
    index: Annotated[int, Meta(ge=0, description="a whole number from 0 on; which of several answers")] = 0
    user: User = ""
