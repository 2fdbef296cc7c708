"""A model in memory with its matrices rounded as a file of GGUF has them."""

from typing import Any

from pitchpipe_components.exporters.gguf.file import BLOCK


def round_matrices(model: Any, kind: str) -> None:
    """Quantises each matrix and takes it back; vectors stay as they are."""
    import gguf
    import torch

    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() < 2:
                continue
            small = gguf.GGMLQuantizationType["F16" if weight.shape[-1] % BLOCK else kind.upper()]
            values = weight.float().cpu().numpy()
            rounded = gguf.quants.dequantize(gguf.quants.quantize(values, small), small)
            weight.copy_(torch.from_numpy(rounded).reshape(weight.shape))
