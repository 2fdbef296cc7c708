"""A model's answers, from the record where it was asked before."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pitchpipe.host.contracts import Answer, Console, Prompt, Sampling
from pitchpipe_stages.evaluate.memory import AskedBefore, GivenAnswer, key_of
from pitchpipe_stages.generate import asking
from pitchpipe_stages.model.ends import Ends
from pitchpipe_stages.render.renderer import Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


@dataclass(frozen=True)
class Terms:
    """How answers are asked for: their tokens at most, words that end one, how tokens are chosen."""

    most: int
    until: Sequence[str] = ()
    how: Sampling = asking.GREEDY

    def keys(self, prompts: Sequence[Prompt]) -> list[str]:
        """Names in the record. A question that is answered by chance has another answer each time."""
        times, keys = Counter[tuple[int, ...]](), list[str]()
        for prompt in prompts:
            more: list[str | int | Sampling] = [*self.until]
            if self.how.temperature:
                more += [self.how, times[tuple(prompt.ids)]]
                times[tuple(prompt.ids)] += 1
            keys.append(key_of(prompt.ids, *more))
        return keys

    def kept(self, record: AskedBefore[GivenAnswer], key: str) -> GivenAnswer | None:
        """What was answered before, as far as it may go."""
        known = record.get(key)
        return known.within(self.most) if known else None

    def given(self, answer: Answer) -> GivenAnswer:
        return GivenAnswer(list(answer.ids), answer.ended, self.most)


@dataclass
class Answerer:
    """A model to ask."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    renderer: Renderer
    console: Console

    def answers(
        self,
        record: AskedBefore[GivenAnswer],
        prompts: Sequence[Prompt],
        label: str,
        batch_size: int,
        terms: Terms,
    ) -> list[Answer]:
        """The answer to each prompt. Each batch is on disk before the next one begins."""
        keys = terms.keys(prompts)
        asked = dict(zip(keys, prompts, strict=True))
        left = [key for key in asked if not terms.kept(record, key)]
        if left:
            with asking.ready(self.model), self.console.bar(label, len(asked)) as tick:
                tick(0, done=len(asked) - len(left))
                for some in self._batches([asked[key] for key in left], batch_size, terms):
                    record.add({left[at]: terms.given(one) for at, one in some.items()})
                    tick(len(some))
        return [found for key in keys if (found := self.known(record, key, terms))]

    def known(self, record: AskedBefore[GivenAnswer], key: str, terms: Terms) -> Answer | None:
        """An answer that was given before."""
        within = terms.kept(record, key)
        return asking.answer(self.tokenizer, within.ids, self._ends, terms.until) if within else None

    def _batches(
        self, prompts: Sequence[Prompt], batch_size: int, terms: Terms
    ) -> Iterator[Mapping[int, Answer]]:
        import torch

        found = asking.batches(
            self.model, self.tokenizer, self._ends, prompts, batch_size, terms.most, terms.how, terms.until
        )
        left = len(prompts)
        while left:
            torch.manual_seed(left)  # what is drawn is the same where a kill was in between
            some = next(found)
            left -= len(some)
            yield some

    @cached_property
    def _ends(self) -> list[int]:
        return Ends.of(self.model, self.tokenizer, self.renderer).every
