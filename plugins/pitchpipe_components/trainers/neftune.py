"""NEFTune: noise on the embeddings while a model is trained, so that it learns less by heart.

The noise is alpha / sqrt(tokens * width), with the tokens of the conversation itself: not those of the row,
which may be padded or hold many conversations.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch


class Noise:
    """Adds noise to what an embedding layer gives, for the batch that was last seen."""

    def __init__(self, alpha: float):
        self.alpha = alpha
        self._tokens: torch.Tensor | None = None

    def saw(self, batch: Mapping[str, Any]) -> None:
        """Takes the batch whose embeddings are asked for next."""
        if (positions := batch.get("position_ids")) is not None:
            self._tokens = _of_conversations(positions)
        elif (mask := batch.get("attention_mask")) is not None and mask.dim() == 2:
            self._tokens = mask.sum(1, keepdim=True).expand_as(mask)
        else:
            self._tokens = None

    @contextmanager
    def on(self, model: Any) -> Iterator[None]:
        hook = model.get_input_embeddings().register_forward_hook(self._add)
        try:
            yield
        finally:
            hook.remove()

    def _add(self, layer: Any, inputs: Any, embedded: torch.Tensor) -> torch.Tensor:
        if not layer.training:
            return embedded
        tokens, shape = self._tokens, embedded.shape
        known = tokens is not None and tokens.shape == shape[:2]
        counts = tokens.unsqueeze(2) if tokens is not None and known else torch.tensor(shape[1])
        reach = self.alpha / (counts * shape[2]).float().sqrt()
        noise = torch.empty_like(embedded).uniform_(-1, 1)
        return embedded + noise * reach.to(embedded)


def _of_conversations(positions: torch.Tensor) -> torch.Tensor:
    """For each position the number of tokens of its conversation; each begins at position 0."""
    number = (positions == 0).flatten().cumsum(0)
    sizes = number.new_zeros(number.numel() + 1).scatter_add_(0, number, torch.ones_like(number))
    return sizes[number].view_as(positions)
