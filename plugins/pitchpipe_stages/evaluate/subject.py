"""What an evaluator is given: a model to ask, and the held-out conversations."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Answer, Ask, Batch, Console, Prompt, Reply
from pitchpipe.host.protocols import Collator
from pitchpipe.records.conversation import Conversation, Json
from pitchpipe.records.example import Example, Examples
from pitchpipe.run.atomic import write
from pitchpipe_stages.evaluate.measures import Measure, of_each_item
from pitchpipe_stages.generate import asking
from pitchpipe_stages.model.ends import Ends
from pitchpipe_stages.model.scorer import scores
from pitchpipe_stages.render.renderer import Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


ROOM = 256  # tokens for answers, where no expected reply needs more


@dataclass
class RecipeSubject:
    """A model of a run, and what it was asked."""

    name: Literal["base", "tuned"]
    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    renderer: Renderer
    test: Examples
    collator: Collator
    console: Console
    asked: dict[str, tuple[Prompt, Answer]] = field(default_factory=dict)

    def ready(self) -> "AbstractContextManager[PreTrainedModel]":
        return asking.ready(self.model)

    def collate(self, examples: Sequence[Example]) -> Batch:
        return self.collator(examples, self.tokenizer.pad_token_id)

    def prompts(self, limit: int | None = None) -> list[Prompt]:
        found: list[Prompt] = []
        for conversation in self.test.conversations():
            if limit is not None and len(found) == limit:
                break
            if prompt := asking.prompt_of(conversation, self.renderer):
                found.append(prompt)
        return found

    def prompt(self, conversation: Conversation) -> Prompt | None:
        if conversation.messages[-1].role != "assistant":
            return asking.next_prompt_of(conversation, self.renderer)
        return asking.prompt_of(conversation, self.renderer)

    def answers(
        self, prompts: Sequence[Prompt], label: str, batch_size: int = 32, max_new_tokens: int | None = None
    ) -> Iterator[Answer]:
        if scores(self.model):
            raise PitchpipeError(
                f"{label}: a reward model scores replies and gives none: evaluate it by pair_accuracy"
            )
        ends = Ends.of(self.model, self.tokenizer, self.renderer).every
        most = self._most(prompts, label, max_new_tokens)
        with self.ready() as model, self.console.bar(label, len(prompts)) as tick:
            found = asking.answers(model, self.tokenizer, ends, prompts, batch_size, most, tick)
            for prompt, answer in zip(prompts, found, strict=True):
                self.asked[prompt.id] = prompt, answer
                yield answer

    def _most(self, prompts: Sequence[Prompt], label: str, asked: int | None) -> int:
        """How many tokens an answer may have. A limit that cuts right answers is told."""
        texts = [prompt.expected for prompt in prompts]
        lengths = [len(ids) + 1 for ids in self.tokenizer(texts, add_special_tokens=False)["input_ids"]]
        if asked is None:
            return max([ROOM, *lengths])
        if cut := sum(length > asked for length in lengths):
            self.console.say(
                f"[yellow]warning:[/] {label}: {cut:,} of {len(prompts):,} expected replies are longer than"
                f" max_new_tokens: {asked}, so no answer to them can be right. The longest needs"
                f" {max(lengths):,}; left out, max_new_tokens is long enough for all."
            )
        return asked

    def earlier(self, prompts: Sequence[Prompt], max_new_tokens: int | None = None) -> list[Answer | None]:
        raise NotImplementedError("the base's answers")

    def likelihoods(
        self, asked: Sequence[tuple[Sequence[int], Sequence[int]]], label: str, batch_size: int = 32
    ) -> list[tuple[float, bool]]:
        raise NotImplementedError("likelihoods")

    def ask(self, teacher: str, asks: Sequence[Ask], label: str) -> list[Reply]:
        raise NotImplementedError("teachers")

    def write_answers(self, file: Path, measures: Mapping[str, Measure]) -> None:
        """Each answer to a held-out prompt, with what the evaluators say of it."""
        values = of_each_item(measures.values())
        lines = (
            msgspec.json.encode(_line(prompt, answer, values.get(id, {}))) + b"\n"
            for id, (prompt, answer) in self.asked.items()
        )
        write(file, b"".join(lines))


def _line(prompt: Prompt, answer: Answer, values: dict[str, float | None]) -> Json:
    said = {"id": prompt.id, "prompt": prompt.words, "expected": prompt.expected, "said": answer.text}
    return {**said, "ended": answer.ended, "scores": values}
