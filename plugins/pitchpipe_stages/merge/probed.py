"""What a model says to probe prompts: its greedy answers, and its logits at every position.

The logits lie on disk, so that of two models that are compared only one is in memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe.host.contracts import Prompt
from pitchpipe_stages.generate.asking import answers, ready

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

MOST = 24  # tokens of an answer: a model that differs says so early
AT_ONCE = 8


@dataclass(frozen=True)
class Probed:
    """Answers to prompts, to their end, and a file of logits for each prompt with an answer behind it."""

    prompts: Sequence[Prompt]
    answers: list[list[int]]
    read: list[list[int]]  # the answers behind which the logits were taken
    folder: Path

    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.stat().st_size for file in self.folder.iterdir())

    def logits(self) -> "Iterator[torch.Tensor]":
        """Of each prompt with its answer: (positions, tokens). The last ones are those of the answer."""
        from safetensors.torch import load_file

        for number in range(len(self.prompts)):
            yield load_file(_file(self.folder, number))["logits"]


def probed(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
    stops: list[int],
    prompts: Sequence[Prompt],
    folder: Path,
    beside: Probed | None = None,
) -> Probed:
    """Ask a model. `stops` end an answer; `folder` takes the logits.

    `beside` is what the model said that it is compared with: the logits are those of the same texts.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    with ready(model) as asked:
        said = [list(one.ids) for one in answers(asked, tokenizer, stops, prompts, AT_ONCE, MOST)]
        read = beside.read if beside else said
        for number, (prompt, answer) in enumerate(zip(prompts, read, strict=True)):
            save_file({"logits": _logits(asked, prompt.ids, answer)}, _file(folder, number))
    return Probed(prompts, said, read, folder)


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number}.safetensors"


def _logits(model: "PreTrainedModel", prompt: list[int], answer: list[int]) -> "torch.Tensor":
    """Of every position of a prompt and an answer; of an encoder-decoder those of the answer."""
    import torch

    def row(ids: list[int]) -> torch.Tensor:
        return torch.tensor([ids], device=model.device)

    if model.config.is_encoder_decoder:
        begin = model.generation_config.decoder_start_token_id
        output = model(input_ids=row(prompt), decoder_input_ids=row([begin, *answer[:-1]]))
    else:
        output = model(input_ids=row([*prompt, *answer[:-1]]))
    return output.logits[0].float().cpu().contiguous()
