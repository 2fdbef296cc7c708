"""A folder of quantised weights, which Transformers and vLLM load as it is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

import pitchpipe as pp
from pitchpipe_components.exporters import serving
from pitchpipe_components.exporters.huggingface import copy_beside, load


@dataclass(frozen=True)
class Bitsandbytes:
    """A folder with weights of 4 bits (NF4) or 8 bits, for Transformers and vLLM with bitsandbytes."""

    bits: Annotated[Literal[4, 8], Meta(description="4 is NF4, quantised twice; 8 is int8")] = 4

    takes: ClassVar[Literal["model"]] = "model"
    reader: ClassVar[str] = "transformers"
    alike: ClassVar[float] = 1.0

    def __call__(self, export: pp.Export) -> None:
        copy_beside(export)
        model = self.rounded(export)
        model.save_pretrained(export.folder)

    def served(self, export: pp.Export) -> list[str]:
        vllm, _, own = serving.of_model(export.folder, export.name)
        return [vllm, own]

    def rounded(self, export: pp.Export) -> Any:
        """The source, quantised while it is loaded."""
        return load(export.source, quantization_config=self._settings(export.source), device_map=_device())

    def _settings(self, source: Path) -> Any:
        import torch
        from transformers import BitsAndBytesConfig

        if self.bits == 8:
            return BitsAndBytesConfig(load_in_8bit=True)
        stored = serving.stored_type(source)
        computed = (
            torch.bfloat16 if stored == "float32" and torch.cuda.is_available() else getattr(torch, stored)
        )
        return BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=computed,
        )  # fmt: skip


def _device() -> dict[str, Any]:
    import torch

    return {"": 0 if torch.cuda.is_available() else "cpu"}
