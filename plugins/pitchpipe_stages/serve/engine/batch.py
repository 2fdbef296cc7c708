"""The rows of a batch with their cache: padded on the left, so that all of them go on at the same place."""

from typing import TYPE_CHECKING, Any

from pitchpipe_stages.serve.engine.row import AnswerRow

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel


class AnswerBatch:
    """Rows, what the model remembers of each, and the logits of what each says next."""

    def __init__(self, model: "PreTrainedModel"):
        self.model, self.rows = model, list[AnswerRow]()
        self.layers: list[tuple[Tensor, Tensor]] = []
        self.mask: Any = None
        self.logits: Any = None

    def join(self, new: list[AnswerRow]) -> None:
        """Reads the prompts of new rows, and puts them under the others."""
        import torch

        width = max(len(row.prompt) for row in new)
        gaps = [width - len(row.prompt) for row in new]
        ids = [[0] * gap + list(row.prompt) for gap, row in zip(gaps, new, strict=True)]
        mask = torch.tensor([[0] * gap + [1] * (width - gap) for gap in gaps], device=self.model.device)
        layers, logits = self._asked(ids, mask, (mask.cumsum(1) - 1).clamp(min=0), [])
        if self.rows:
            width = max(width, self.mask.shape[1])
            self.layers = [
                (_under(keys, new_keys, width), _under(values, new_values, width))
                for (keys, values), (new_keys, new_values) in zip(self.layers, layers, strict=True)
            ]
            self.mask = torch.cat([_wider(self.mask, width), _wider(mask, width)])
            self.logits = torch.cat([self.logits, logits])
        else:
            self.layers, self.mask, self.logits = layers, mask, logits
        self.rows = self.rows + new

    def keep(self, numbers: list[int]) -> None:
        """Forgets all rows but these, and the columns that no row needs any more."""
        if len(numbers) == len(self.rows):
            return
        import torch

        self.rows = [self.rows[number] for number in numbers]
        if not self.rows:
            self.layers, self.mask, self.logits = [], None, None
            return
        kept = torch.tensor(numbers, device=self.model.device)
        self.mask = self.mask[kept]
        gap = int((self.mask.sum(0) == 0).long().cumprod(0).sum())
        self.mask = self.mask[:, gap:]
        self.layers = [(keys[kept][:, :, gap:], values[kept][:, :, gap:]) for keys, values in self.layers]

    def forward(self, tokens: list[int]) -> None:
        """Gives each row the token that it said last."""
        import torch

        self.mask = torch.nn.functional.pad(self.mask, (0, 1), value=1)
        positions = (self.mask.sum(1) - 1)[:, None]
        self.layers, self.logits = self._asked([[t] for t in tokens], self.mask, positions, self.layers)

    def _asked(
        self, ids: list[list[int]], mask: Any, positions: Any, layers: "list[tuple[Tensor, Tensor]]"
    ) -> tuple[Any, Any]:
        import torch
        from transformers import DynamicCache

        cache = DynamicCache()
        for number, (keys, values) in enumerate(layers):
            cache.update(keys, values, number)
        model: Any = self.model
        out = model(
            input_ids=torch.tensor(ids, device=self.model.device), attention_mask=mask,
            position_ids=positions, past_key_values=cache, use_cache=True, logits_to_keep=1,
        )  # fmt: skip
        made: Any = cache.layers
        return [(layer.keys, layer.values) for layer in made], out.logits[:, -1].float()


def _under(above: "Tensor", below: "Tensor", width: int) -> "Tensor":
    import torch

    return torch.cat([_wider(above, width), _wider(below, width)])


def _wider(values: "Tensor", width: int) -> "Tensor":
    """With a gap on the left: of a mask, or of keys or values."""
    import torch

    if values.dim() == 2:
        return torch.nn.functional.pad(values, (width - values.shape[1], 0))
    return torch.nn.functional.pad(values, (0, 0, width - values.shape[2], 0))
