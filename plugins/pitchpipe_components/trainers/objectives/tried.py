"""The batches of a step whose replies the model tries out: asked, judged, and compared with each other."""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

import pitchpipe as pp
from pitchpipe_components.trainers.loss.batch import EXAMPLES, TRIED, Batch
from pitchpipe_components.trainers.loss.policy import advantages, spreads

if TYPE_CHECKING:
    from pitchpipe_components.trainers.grpo import Grpo

Tried = list[tuple[pp.Prompt, list[pp.Answer]]]


class Rounds:
    """Makes batches of replies from batches of prompts. What is drawn follows from the step and the batch."""

    def __init__(
        self,
        options: "Grpo",
        training: pp.Training,
        place: tuple[int, int],
        numbered: Callable[[list[pp.Example], list[int]], Batch],
        gathered: Callable[[Tensor], Tensor],
    ):
        """`place`: the number of this process, and how many there are."""
        self.options, self.training, self.place = options, training, place
        self.numbered, self.gathered = numbered, gathered

    def of(self, model: Any, prompts: list[Batch], step: int) -> tuple[list[Batch], Tried]:
        """The batches of a step, and the replies in them."""
        numbers = [batch[EXAMPLES].tolist() for batch in prompts]
        tried = [self._tried(model, some, step, at) for at, some in enumerate(numbers)]
        rewards = [self._rewards(one) for one in tried]
        spread = self._spread(torch.cat(rewards))
        made = [self._batch(*one, spread) for one in zip(numbers, tried, rewards, strict=True)]
        return made, [pair for one in tried for pair in one]

    def likeliest(self, model: Any, numbers: list[int]) -> Batch:
        """A batch of the likeliest replies to prompts of validation."""
        training, longest = self.training, self.options.max_new_tokens
        tried = training.tries(model, training.validation, numbers, pp.Sampling(), 1, longest)
        return self._batch(numbers, tried, self._rewards(tried), 0.0)

    def made_up(self, numbers: list[int]) -> Batch:
        """Replies as long as they may become, to prompts of training."""
        options, chance = self.options, Random(0)
        count, vocabulary = options.group, len(self.training.tokenizer)

        def answer(number: int) -> pp.Answer:
            ids = [chance.randrange(vocabulary) for _ in range(options.max_new_tokens)]
            return pp.Answer("", True, ids, dict.fromkeys(self.training.rewards, float(number % 2)))

        prompts = [pp.Prompt("", list(self.training.train[number].ids), "", "") for number in numbers]
        tried = [(prompt, [answer(number) for number in range(count)]) for prompt in prompts]
        return self._batch(numbers, tried, self._rewards(tried), 1.0)

    def _tried(self, model: Any, numbers: list[int], step: int, batch: int) -> Tried:
        options, train = self.options, self.training.train
        process, processes = self.place
        whole = batch * processes + process  # as one process would count the batches of the step
        seed = Random(f"{options.seed} {step} {whole}").getrandbits(48)
        how = pp.Sampling(options.temperature, options.top_p)
        return self.training.tries(model, train, numbers, how, options.group, options.max_new_tokens, seed)

    def _rewards(self, tried: Tried) -> Tensor:
        """A row for each prompt, with what each of its replies is worth."""
        weights = self.training.rewards
        return torch.tensor(
            [
                [sum(weights[name] * value for name, value in answer.rewards.items()) for answer in answers]
                for _, answers in tried
            ]
        )

    def _spread(self, rewards: Tensor) -> float:
        """Of all replies of the step, in all processes."""
        return float(self.gathered(rewards.flatten()).std()) if self.options.scale == "batch" else 0.0

    def _batch(self, numbers: list[int], tried: Tried, rewards: Tensor, spread: float) -> Batch:
        prompts = [prompt for prompt, answers in tried for _ in answers]
        replies = [answer for _, answers in tried for answer in answers]
        examples = [
            pp.Example([*prompt.ids, *reply.ids], [pp.IGNORED] * len(prompt.ids) + list(reply.ids))
            for prompt, reply in zip(prompts, replies, strict=True)
        ]
        of_each = [number for number, (_, answers) in zip(numbers, tried, strict=True) for _ in answers]
        known = {
            "advantages": advantages(rewards, self.options.scale, spread).flatten(),
            "rewards": rewards.flatten(),
            "spread": spreads(rewards),
            "prompts": torch.tensor(numbers),
            "ended": torch.tensor([reply.ended for reply in replies]),
            "tokens": torch.tensor([float(len(reply.ids)) for reply in replies]),
            "by name": {
                name: torch.tensor([reply.rewards[name] for reply in replies])
                for name in self.training.rewards
            },
        }
        return {**self.numbered(examples, of_each), TRIED: known}
