"""Asks a model that is being trained a few prompts: shows what it says, and whether it stops by itself.

Training goes on as if nobody had asked: the random state, the modes of all modules and the attention are put
back, and nothing has a gradient. When it asks follows from the steps alone, never from the clock.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe.host.contracts import Console, Prompt
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import Examples
from pitchpipe_stages.console import escape, shortened
from pitchpipe_stages.generate import asking
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.train.records import Records
from pitchpipe_stages.train.samples import Replies, keep_samples, samples_of, stops_by_step

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

LOOKED_AT = 500  # conversations that prompts are chosen from
# Tokens. Prompts with longer ones are taken only where there are no others.
LONGEST_PROMPT, LONGEST_REPLY = 1024, 128
LEAST, MOST = 16, 512  # tokens that a reply may have; twice those of the longest expected one


class Probe:
    """Asks the same prompts each time, as many steps apart as a reply may have tokens: a token costs about a
    tenth of a small batch."""

    def __init__(
        self,
        run: Path,
        sides: Sequence[Examples],
        tokenizer: "PreTrainedTokenizerFast",
        renderer: Renderer,
        stops: list[int],
        console: Console,
        records: Records | None,
    ):
        self.run, self.sides, self.console, self.records = run, sides, console, records
        self.tokenizer, self.renderer, self.stops = tokenizer, renderer, stops
        self.attention = ""  # the model's own, where training has another
        self._prompts: list[Prompt] | None = None
        self._failed, self._asked_at = False, -1

    def ask(self, model: "PreTrainedModel", step: int, count: int, last: bool) -> dict[str, float]:
        """The share of replies that end by themselves; nothing where it is too early to ask again."""
        if self._prompts is None:
            self._prompts = _fitting(self._candidates(count), self.tokenizer, count)
        room = self._room()
        if self._failed or not self._prompts or not self._is_due(step, room, last):
            return {}
        try:
            replies = self._asked(model, self._prompts, room)
        except Exception as error:  # whatever generation finds to complain of, training can do without
            self._failed = True
            self._warn(f"no samples from now on: {type(error).__name__}: {error}")
            return {}
        self._asked_at = step
        keep_samples(self.run, step, replies)
        if self.records:
            self.records.samples(step, replies)
        self._show(step, replies)
        return {"stops": sum(answer.ended for _, answer in replies) / len(replies)}

    def conclude(self) -> None:
        """Warns of a model that does not stop, or does so less often than it did, where it was asked."""
        if self._prompts is None:
            return
        shares = list(stops_by_step(samples_of(self.run)).items())
        if not shares:
            return
        (step, (ended, count)), best = shares[-1], max(shares, key=lambda share: share[1][0])
        if ended == 0:
            self._warn(
                f"the model does not stop: none of {count} sample replies ended by itself at step {step}"
            )
        elif ended < best[1][0]:
            self._warn(
                f"the model stops less often than before: {ended} of {count} sample replies ended by"
                f" themselves at step {step}, {best[1][0]} at step {best[0]}"
            )

    def _is_due(self, step: int, room: int, last: bool) -> bool:
        if last:
            return self._asked_at != step
        before = [sample.step for sample in samples_of(self.run) if sample.step < step]
        return not before or step - max(before) >= room

    def _room(self) -> int:
        """Tokens that a reply may have."""
        longest = max((_tokens(self.tokenizer, prompt.expected) for prompt in self._prompts or ()), default=0)
        return min(max(2 * longest, LEAST), MOST)

    def _candidates(self, count: int) -> list[Prompt]:
        """Prompts of the validation rows, or else of those that are learned; the sources take turns."""
        for side in self.sides:
            by_source: dict[str, list[Conversation]] = {}
            for conversation in islice(side.conversations(), LOOKED_AT):
                by_source.setdefault(conversation.source.dataset, []).append(conversation)
            longest = max(map(len, by_source.values()), default=0)
            turns = (rows[at] for at in range(longest) for rows in by_source.values() if at < len(rows))
            if found := list(filter(None, (asking.prompt_of(row, self.renderer) for row in turns))):
                return found
        return []

    def _asked(self, model: "PreTrainedModel", prompts: list[Prompt], room: int) -> Replies:
        with self.console.waiting("asking for samples"), asking.undisturbed(model, self.attention):
            answers = asking.answers(model, self.tokenizer, self.stops, prompts, len(prompts), room)
            return list(zip(prompts, answers, strict=True))

    def _show(self, step: int, replies: Replies) -> None:
        for prompt, answer in replies:
            end = "" if answer.ended else " [yellow](does not stop)[/]"
            asked, said = shortened(prompt.words, 40), shortened(answer.text, 60) or "nothing"
            self.console.say(f"[dim]step {step:,}: {escape(asked)} →[/] {escape(said)}{end}")

    def _warn(self, what: str) -> None:
        self.console.say(f"[yellow]warning:[/] {escape(what)}")


def _fitting(candidates: list[Prompt], tokenizer: "PreTrainedTokenizerFast", count: int) -> list[Prompt]:
    """The first that are short enough, or else the shortest ones."""

    def size(prompt: Prompt) -> int:
        return len(prompt.ids) + _tokens(tokenizer, prompt.expected)

    short = (
        prompt
        for prompt in candidates
        if len(prompt.ids) <= LONGEST_PROMPT and _tokens(tokenizer, prompt.expected) <= LONGEST_REPLY
    )
    return list(islice(short, count)) or sorted(candidates, key=size)[:count]


def _tokens(tokenizer: "PreTrainedTokenizerFast", text: str) -> int:
    return len(tokenizer(text, add_special_tokens=False)["input_ids"])
