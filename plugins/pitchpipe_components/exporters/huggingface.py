"""The folder that Transformers, vLLM and SGLang load as it is."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

import pitchpipe as pp
from pitchpipe_components.exporters import serving
from pitchpipe_components.exporters.shards import cast_shards, shards_of

# What belongs to a model beside its weights: settings, the tokenizer in its forms, code of its own.
BESIDE = ("*.json", "*.jinja", "*.model", "*.txt", "*.py")
NOT_BESIDE = ("*.index.json", "adapter_*", "trainer_state.json", "merge.json", "export.json")
Dtype = Annotated[
    Literal["float32", "bfloat16", "float16"] | None,
    Meta(description="the type of the weights; none: as they are"),
]


@dataclass(frozen=True)
class HuggingFaceFolder:
    """A folder of safetensors for Transformers, vLLM, SGLang and all that reads the hub's form."""

    dtype: Dtype = None

    takes: ClassVar[Literal["model"]] = "model"
    reader: ClassVar[str] = "transformers"
    alike: ClassVar[float] = 1.0

    def __call__(self, export: pp.Export) -> None:
        copy_beside(export)
        cast_shards(export.source, export.folder, self.dtype, export.console)
        if self.dtype:
            say_in_config(export.folder, dtype=self.dtype)

    def served(self, export: pp.Export) -> list[str]:
        return serving.of_model(export.folder, export.name)

    def rounded(self, export: pp.Export) -> Any:
        """The source in the type that is written; nothing where it is written as it is."""
        return load(export.source, self.dtype) if self.dtype else None


def copy_beside(export: pp.Export) -> None:
    """Copy what belongs to the model beside its weights."""
    skipped = {file for pattern in NOT_BESIDE for file in export.source.glob(pattern)}
    for pattern in BESIDE:
        for file in set(export.source.glob(pattern)) - skipped:
            shutil.copyfile(file, export.folder / file.name)
    must_have_weights(export.source)


def must_have_weights(source: Path) -> None:
    if not shards_of(source):
        raise pp.PitchpipeError(f"{source} holds no weights in the form of safetensors")


def say_in_config(folder: Path, **values: object) -> None:
    """Set values of config.json."""
    file = folder / "config.json"
    said = json.loads(file.read_text("utf-8")) | values
    if "dtype" in values:
        said.pop("torch_dtype", None)
    file.write_text(json.dumps(said, indent=2) + "\n", "utf-8")


def load(source: Path, dtype: str | None = None, **options: Any) -> Any:
    """The model in a folder, for causal language modelling or with an encoder and a decoder."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    apart = AutoConfig.from_pretrained(source).is_encoder_decoder
    kind: Any = AutoModelForSeq2SeqLM if apart else AutoModelForCausalLM
    return kind.from_pretrained(source, dtype=getattr(torch, dtype) if dtype else "auto", **options)
