"""Lets a model in training try replies out, and has them judged.

The prompts are the served ones and a reply ends at every end. The model is asked in evaluation mode, with
chance of its own: what is drawn follows from the seed alone, and training goes on as if nobody had asked.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe.host.contracts import Answer, Console, Prompt, Sampling
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import IGNORED, Example, Examples
from pitchpipe_stages.console import escape, shortened
from pitchpipe_stages.generate import asking
from pitchpipe_stages.train.records import Records
from pitchpipe_stages.train.rewards import Rewarder
from pitchpipe_stages.train.samples import Replies, keep_samples

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

Tried = list[tuple[Prompt, list[Answer]]]


class Tries:
    """Asks the prompts of examples."""

    def __init__(
        self,
        run: Path,
        tokenizer: "PreTrainedTokenizerFast",
        stops: list[int],
        judge: Rewarder,
        console: Console,
        records: Records | None = None,
    ):
        self.run, self.tokenizer, self.stops, self.judge = run, tokenizer, stops, judge
        self.console, self.records = console, records

    def of(
        self,
        model: "PreTrainedModel",
        side: Examples,
        numbers: Sequence[int],
        how: Sampling,
        count: int,
        max_new_tokens: int,
        seed: int,
        attention: str,
    ) -> Tried:
        """For each of the numbered examples its prompt, and so many answers with what rewards say of them."""
        conversations = side.taken(numbers)
        prompts = [
            _prompt(side[number], conversation)
            for number, conversation in zip(numbers, conversations, strict=True)
        ]
        each = [prompt for prompt in prompts for _ in range(count)]
        with asking.undisturbed(model, attention):
            _draw_from(seed)
            said = list(
                asking.answers(model, self.tokenizer, self.stops, each, len(each), max_new_tokens, how=how)
            )
        answers = self._judged(said, conversations, count)
        return [(prompt, answers[at * count : (at + 1) * count]) for at, prompt in enumerate(prompts)]

    def _judged(self, answers: list[Answer], conversations: list[Conversation], count: int) -> list[Answer]:
        of_each = [conversation for conversation in conversations for _ in range(count)]
        values = self.judge.of([answer.text for answer in answers], of_each)
        return [
            Answer(answer.text, answer.ended, answer.ids, rewards)
            for answer, rewards in zip(answers, values, strict=True)
        ]

    def show(self, step: int, tried: Tried) -> None:
        """Keeps the first answer to each prompt as a sample, and tells it."""
        replies: Replies = [(prompt, answers[0]) for prompt, answers in tried]
        keep_samples(self.run, step, replies)
        if self.records:
            self.records.samples(step, replies)
        for prompt, answer in replies:
            asked, said = shortened(prompt.words, 40), shortened(answer.text, 60) or "nothing"
            end = "" if answer.ended else " [yellow](does not stop)[/]"
            values = ", ".join(f"{name} {value:.3g}" for name, value in answer.rewards.items())
            self.console.say(
                f"[dim]step {step:,}: {escape(asked)} →[/] {escape(said)} [dim]({escape(values)})[/]{end}"
            )


def _draw_from(seed: int) -> None:
    import torch

    torch.manual_seed(seed)


def _prompt(example: Example, conversation: Conversation) -> Prompt:
    """What stands before the first learned token: all of an example of which nothing is learned."""
    labels = list(example.labels)
    first = next((at for at, label in enumerate(labels) if label != IGNORED), len(labels))
    *before, last = conversation.messages
    answered = last.role == "assistant" and bool(before)
    asked = before[-1] if answered else last
    words, expected = asking.words_of(asked), last.content if answered else ""
    return Prompt(conversation.id, list(example.ids)[:first], words, expected)
