"""A digest of weights as they lie in memory: it changes with them, wherever they were loaded from.

It reads each number once, in whole numbers, so that the order in which threads add changes nothing.
"""

from hashlib import blake2b
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

COLUMNS = 256
_KNOWN: "WeakKeyDictionary[PreTrainedModel, str]" = WeakKeyDictionary()


def weights_digest(model: "PreTrainedModel") -> str:
    """Of all weights, those of adapters included; found once for each model."""
    if model not in _KNOWN:
        total = blake2b(digest_size=16)
        for name, tensor in sorted(model.state_dict().items()):
            total.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
            total.update(_sums(tensor))
        _KNOWN[model] = total.hexdigest()
    return _KNOWN[model]


def _sums(tensor: "Tensor") -> bytes:
    """Sums of the bytes' words in columns: they tell where a number stands, not only that it is there."""
    import torch

    flat = tensor.detach().contiguous().reshape(-1)
    if flat.dtype is torch.bool or not flat.numel():
        flat = flat.to(torch.uint8)
    words = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[flat.element_size()]
    whole = flat.view(words)
    even = len(whole) // COLUMNS * COLUMNS
    sums = whole[:even].view(-1, COLUMNS).sum(0, dtype=torch.int64)
    return sums.cpu().numpy().tobytes() + whole[even:].cpu().numpy().tobytes()
