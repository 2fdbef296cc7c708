"""What an evaluator is given: a model to ask, and the held-out conversations."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Answer, Ask, Batch, Console, Prompt, Reply, Sampling
from pitchpipe.host.protocols import Collator
from pitchpipe.records.conversation import Conversation, Json
from pitchpipe.records.example import Example, Examples
from pitchpipe.run.atomic import write
from pitchpipe_stages.evaluate.answerer import Answerer, Terms
from pitchpipe_stages.evaluate.likely import Pairs, likelihoods_of
from pitchpipe_stages.evaluate.measures import Measure, of_each_item
from pitchpipe_stages.evaluate.memory import Memory
from pitchpipe_stages.generate import asking
from pitchpipe_stages.model.scorer import scores
from pitchpipe_stages.render.renderer import Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from pitchpipe_stages.generate.requests.desk import Desk

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
    memory: Memory  # what it was asked before, in this run
    serving: Callable[[], "PreTrainedTokenizerFast"]
    desk: "Desk"
    asked: dict[str, tuple[Prompt, Answer]] = field(default_factory=dict)
    alone: bool = False
    kept: dict[str, list[Json]] = field(default_factory=dict)
    warned: set[str] = field(default_factory=set)

    @property
    def folder(self) -> Path:
        return self.memory.folder

    @cached_property
    def served(self) -> "PreTrainedTokenizerFast":
        return self.serving()

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
        self, prompts: Sequence[Prompt], label: str, batch_size: int = 32, max_new_tokens: int | None = None,
        until: Sequence[str] = (), how: Sampling = asking.GREEDY,
    ) -> Iterator[Answer]:  # fmt: skip
        if scores(self.model):
            raise PitchpipeError(
                f"{label}: a reward model scores replies and gives none: evaluate it by pair_accuracy"
            )
        terms = Terms(self._most(prompts, label, max_new_tokens), until, how)
        found = self._answerer.answers(self.memory.answers, prompts, label, batch_size, terms)
        self.asked |= {one.id: (one, answer) for one, answer in zip(prompts, found, strict=True)}
        yield from found

    def earlier(self, prompts: Sequence[Prompt], max_new_tokens: int | None = None) -> list[Answer | None]:
        if self.name == "base":
            return [None] * len(prompts)
        terms = Terms(max_new_tokens or _room(prompts, self.tokenizer))
        return [self._answerer.known(self._bases.answers, key, terms) for key in terms.keys(prompts)]

    @cached_property
    def _answerer(self) -> Answerer:
        return Answerer(self.model, self.tokenizer, self.renderer, self.console)

    @cached_property
    def _bases(self) -> Memory:
        return Memory(self.folder.parent / "base")

    def likelihoods(self, asked: Pairs, label: str, batch_size: int = 32) -> list[tuple[float, bool]]:
        return likelihoods_of(self.model, self.memory.likelihoods, asked, label, batch_size, self.console)

    def _most(self, prompts: Sequence[Prompt], label: str, asked: int | None) -> int:
        """How many tokens an answer may have. A limit that cuts right answers is told, once."""
        if asked is None:
            return _room(prompts, self.tokenizer)
        lengths = _lengths(prompts, self.tokenizer)
        if cut := sum(length > asked for length in lengths):
            words = (
                f"{cut:,} of {len(prompts):,} expected replies are longer than max_new_tokens: {asked}, so no"
                f" answer to them can be right. The longest needs {max(lengths):,}; left out, max_new_tokens"
                " is long enough for all."
            )
            if words not in self.warned:  # by another evaluator that asks the same
                self.console.say(f"[yellow]warning:[/] {label}: {words}")
                self.warned.add(words)
        return asked

    def ask(self, teacher: str, asks: Sequence[Ask], label: str) -> list[Reply]:
        return self.desk.ask(teacher, asks, label)

    def keep(self, name: str, lines: Iterable[Json]) -> None:
        self.kept.setdefault(name, []).extend(lines)

    def write_kept(self, folder: Path) -> None:
        """What evaluators keep, as NAME-base.jsonl or NAME-tuned.jsonl; files of earlier evaluations go."""
        known = {f"{name}-{self.name}.jsonl" for name in (*self.kept, "answers", "measured")}
        for file in folder.glob(f"*-{self.name}.jsonl"):
            if file.name not in known:
                file.unlink()
        for name, lines in self.kept.items():
            write(folder / f"{name}-{self.name}.jsonl", msgspec.json.Encoder().encode_lines(lines))

    def write_answers(self, file: Path, measures: Mapping[str, Measure]) -> None:
        """Each answer to a held-out prompt, with what the evaluators say of it."""
        held_out = {conversation.id for conversation in self.test.conversations()} if self.asked else set()
        values = of_each_item(measures.values())
        lines = (
            _line(prompt, answer, values.get(id, {}))
            for id, (prompt, answer) in self.asked.items()
            if id in held_out
        )
        write(file, msgspec.json.Encoder().encode_lines(lines))


def _line(prompt: Prompt, answer: Answer, values: dict[str, float | None]) -> Json:
    said = {"id": prompt.id, "prompt": prompt.words, "expected": prompt.expected, "said": answer.text}
    return {**said, "ended": answer.ended, "scores": values}


def _room(prompts: Sequence[Prompt], tokenizer: "PreTrainedTokenizerFast") -> int:
    """Tokens for any answer, and for each expected one."""
    return max([ROOM, *_lengths(prompts, tokenizer)])


def _lengths(prompts: Sequence[Prompt], tokenizer: "PreTrainedTokenizerFast") -> list[int]:
    """The tokens that each expected reply needs, its end included."""
    texts = [prompt.expected for prompt in prompts]
    return [len(ids) + 1 for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]] if texts else []
