"""A tiny encoder-decoder model with random weights: it shows that a recipe works, and knows nothing."""

from pathlib import Path
from typing import Any, ClassVar

from pitchpipe_components.models.transformers import Transformers


class TinySeq2seq(Transformers):
    """A tiny T5 of random weights, made in a moment, with the tokenizer of the model `tiny`.

    It needs no download. It tries recipes for encoder-decoder models, and learns small tasks from nothing.
    """

    encoder_decoder: ClassVar = True

    def __init__(self) -> None:
        super().__init__(folder=Path(__file__).parent / "base", dtype="float32")

    def inputs(self) -> dict[str, str]:
        return super().inputs() | {"weights": "a random T5"}

    def weights(self, saved: Path | None = None) -> Any:
        if saved:
            return super().weights(saved)
        import torch
        from transformers import T5Config, T5ForConditionalGeneration

        tokenizer = self.tokenizer()
        settings: dict[str, Any] = {
            "vocab_size": len(tokenizer), "d_model": 64, "d_kv": 16, "d_ff": 128, "num_layers": 2,
            "num_heads": 4, "feed_forward_proj": "gated-gelu", "dropout_rate": 0.0,
            "pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.eos_token_id,
            "decoder_start_token_id": tokenizer.pad_token_id,
        }  # fmt: skip
        torch.manual_seed(0)
        return T5ForConditionalGeneration(T5Config(**settings))
