"""What an evaluator is given: a model to ask, and the held-out conversations."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Answer, Batch, Console, Prompt
from pitchpipe.host.protocols import Collator
from pitchpipe.records.conversation import Json
from pitchpipe.records.example import Example, Examples
from pitchpipe_stages.generate import asking
from pitchpipe_stages.model.ends import Ends
from pitchpipe_stages.model.scorer import scores
from pitchpipe_stages.render.renderer import Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


@dataclass
class RecipeSubject:
    """A model of a run. `kept` are the answers that evaluators want to be written down."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    renderer: Renderer
    test: Examples
    collator: Collator
    console: Console
    kept: list[Json] = field(default_factory=list)

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

    def answers(
        self, prompts: Sequence[Prompt], label: str, batch_size: int, max_new_tokens: int
    ) -> Iterator[Answer]:
        if scores(self.model):
            raise PitchpipeError(
                f"{label}: a reward model scores replies and gives none: evaluate it by pair_accuracy"
            )
        ends = Ends.of(self.model, self.tokenizer, self.renderer).every
        with self.ready() as model, self.console.bar(label, len(prompts)) as tick:
            yield from asking.answers(model, self.tokenizer, ends, prompts, batch_size, max_new_tokens, tick)

    def keep(self, answer: Json) -> None:
        self.kept.append(answer)
