"""The generator `magpie`: a tuned model that is given nothing writes what people would ask it."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.generators.self_instruct.novel import Admission, limits_of

# What chat templates write before a user's first words, and what ends these.
PREFIXES = {
    "chatml": ("<|im_start|>user\n", "<|im_end|>"),
    "llama3": ("<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
    "gemma": ("<bos><start_of_turn>user\n", "<end_of_turn>"),
    "mistral": ("<s>[INST] ", "[/INST]"),
    "phi3": ("<|user|>\n", "<|end|>"),
}
_CONTROL = re.compile(r"<\|[^|<>\s]+\|>|<(?:start|end)_of_turn>|\[/?INST\]")


@dataclass(kw_only=True)
class Magpie:
    """Has a tuned model write instructions by itself, and answer them: Magpie (Xu et al. 2024).

    The model is given what its chat template writes up to the user's turn, and goes on as a user would. It
    needs no seeds, and a teacher that goes on with raw texts.
    """

    prefix: Annotated[
        str, pp.Meta(min_length=1, description=f"{', '.join(PREFIXES)}, or the text up to the user's words")
    ]
    stop: Annotated[
        tuple[str, ...], pp.Meta(description="what ends a user's turn, where `prefix` is a text of your own")
    ] = ()
    instructions: Annotated[int, pp.Meta(ge=1, description="instructions that are taken, with an answer")] = (
        1000
    )
    temperature: Annotated[float, pp.Meta(gt=0, le=2, description="of instructions")] = 1.0
    top_p: Annotated[float, pp.Meta(gt=0, le=1, description="of instructions")] = 1.0
    max_tokens: Annotated[int, pp.Meta(ge=1, description="tokens of an instruction, at most")] = 512
    min_chars: Annotated[int, pp.Meta(ge=0, description="characters of an instruction")] = 10
    novelty: Annotated[
        dict[str, float | str] | None,
        pp.Meta(
            description="what is more alike to an earlier one is dropped: rouge_l, jaccard or cosine"
            " (left out: {rouge_l: 0.7})"
        ),
    ] = None
    embedder: Annotated[
        Any,
        pp.Meta(
            description="turns instructions into vectors, for `novelty: {cosine: 0.9}`",
            extra_json_schema={"x-component": "embedder"},
        ),
    ] = "hashed"
    answer_temperature: Annotated[float, pp.Meta(ge=0, le=2, description="of answers")] = 0.0
    answer_max_tokens: Annotated[int, pp.Meta(ge=1, description="tokens of an answer, at most")] = 2048

    needs_teacher = ("raw",)
    seedless = True

    def __post_init__(self) -> None:
        self.wanted, self.limits = self.instructions, limits_of(self.novelty or {"rouge_l": 0.7})
        self.begin, *own = PREFIXES.get(self.prefix, (self.prefix,))
        self.ends = (*own, *self.stop)
        if not own and self.prefix.isalnum():  # no template writes a word alone
            raise ValueError(f"prefix: no template '{self.prefix}'.{pp.suggest(self.prefix, PREFIXES)}")

    def admission(self, seeds: Sequence[pp.Conversation]) -> Callable[[pp.Made], pp.Drop | None]:
        """Drops what is too near to what was admitted before."""
        return Admission(self.limits, self.embedder, seeds)

    async def draft(self, pool: pp.Pool, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        reply = await ask(
            self.begin, raw=True, stop=self.ends, temperature=self.temperature, top_p=self.top_p,
            max_tokens=self.max_tokens,
        )  # fmt: skip
        words = reply.text.strip()
        yield pp.made(words, drop=self._against(words))

    async def __call__(self, source: pp.Conversation, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        messages = [{"role": message.role, "content": message.content} for message in source.messages]
        reply = await ask(messages, temperature=self.answer_temperature, max_tokens=self.answer_max_tokens)
        answer = pp.Message("assistant", reply.text, reasoning=reply.reasoning)
        yield pp.made(messages=[*source.messages, answer])

    def _against(self, words: str) -> pp.Drop | None:
        if found := _CONTROL.search(words):
            return pp.drop(f"a control token: {found[0]}")
        if len(words) < self.min_chars:
            return pp.drop("too short", score=len(words), limit=self.min_chars)
        return None

    def expects(self) -> dict[str, dict[str, float]]:
        """What an instruction and an answer take, as far as can be told before anything was asked."""
        draft = {"questions": 1, "written": 60, "made": 0.8}
        return {"draft": draft, "source": {"questions": 1, "written": 400, "made": 1, "rows": 1}}
