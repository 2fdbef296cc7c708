"""Loads language models with transformers, from the hub or from a folder."""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from pitchpipe import PitchpipeError
from pitchpipe_components.files.stand_ins import pointer
from pitchpipe_components.hub import commit_of, record
from pitchpipe_components.models.failed import reason
from pitchpipe_components.models.stored import stored_dtype
from pitchpipe_components.models.whole import must_be_whole
from pitchpipe_components.quiet import quiet

SMALL = 64 << 20  # the most bytes of a file that is hashed; a larger one is identified by size and date


@dataclass(frozen=True)
class Transformers:
    """A language model and its tokenizer: `name` on the hub, or a `folder`.

    Encoder-decoder models, such as T5, take `template: seq2seq` and `collator: seq2seq`.
    """

    name: Annotated[str | None, Meta(description="the model's name on the hub")] = None
    folder: Annotated[
        Path | None, Meta(description="a folder that holds the model, relative to the recipe's folder")
    ] = None
    revision: Annotated[str | None, Meta(description="a commit, tag or branch on the hub")] = None
    quantize: Annotated[
        Literal["nf4", "int8"] | None,
        Meta(description="load the weights in 4 (nf4) or 8 bits (int8); nf4 with an adapter is QLoRA"),
    ] = None
    dtype: Annotated[
        Literal["auto", "float32", "bfloat16", "float16"],
        Meta(description="the type of the weights; auto: bfloat16 on a GPU that has it, else float32"),
    ] = "auto"
    attention: Annotated[str | None, Meta(description="sdpa, eager, flash_attention_2, ...")] = None
    pad_token: Annotated[
        str | None, Meta(description="a token that no text uses, for a tokenizer without a padding token")
    ] = None
    leave_out: Annotated[
        list[str] | None,
        Meta(
            description="patterns of the names of weights in the files that the model does without, such as"
            " ^mtp; any other that it knows nothing of stops the run"
        ),
    ] = None
    trust_remote_code: Annotated[bool, Meta(description="run code that comes with the model")] = False

    def __post_init__(self) -> None:
        if (self.name is None) == (self.folder is None):
            raise ValueError("say either the model's 'name' on the hub or the 'folder' that holds it")
        if self.folder and not (self.folder / "config.json").exists():
            raise ValueError(f"no model in {self.folder}: it holds no config.json")
        files = sorted(self.folder.glob("*.*")) if self.folder else []
        if problem := next(filter(None, map(pointer, files)), ""):
            raise ValueError(problem)

    @property
    def quantised(self) -> bool:
        """Whether the weights are quantised, as far as it can be known without loading them."""
        config = self.folder and json.loads((self.folder / "config.json").read_text("utf-8"))
        return bool(self.quantize or (config and config.get("quantization_config")))

    def inputs(self) -> dict[str, str]:
        """Returns what identifies the tokenizer, and what identifies the weights."""
        if self.folder is None:
            on_hub = f"{self.name}@{self.revision or 'main'}"
            return {"tokenizer": f"{on_hub} {self.pad_token}", "weights": on_hub}
        files = sorted(path for path in self.folder.iterdir() if path.is_file() and not _is_about(path))
        weights = {path for path in files if path.suffix in (".safetensors", ".bin", ".gguf")}
        return {
            "tokenizer": _digest([path for path in files if path not in weights]),
            "weights": _digest([path for path in files if path in weights or path.name == "config.json"]),
        }

    def commits(self) -> dict[str, str]:
        """Returns the commit that the model's name on the hub means now."""
        return record(self.name, self.revision, "model") if self.name else {}

    @property
    def commit(self) -> str | None:
        """The commit that is loaded, where it is known, otherwise the recipe's revision."""
        return (self.name and commit_of(self.name, self.revision, "model")) or self.revision

    def stored(self) -> str:
        """The type of the weights in the files: "bfloat16"."""
        return stored_dtype(self._where(None), self.commit)

    def tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        tokenizer = self._load(AutoTokenizer, self._where(None))
        if self.pad_token:
            if self.pad_token not in tokenizer.get_vocab():
                raise PitchpipeError(
                    f"pad_token {self.pad_token!r} is not in the vocabulary of {self.name or self.folder}"
                )
            tokenizer.pad_token = self.pad_token
        return tokenizer

    def weights(self, saved: Path | None = None) -> Any:
        """Loads the model, or the one that training saved in a folder."""
        kind = self._kind(saved)
        options = {"dtype": self._dtype(), "attn_implementation": self.attention, "use_safetensors": True}
        if self.quantize:
            options |= {"quantization_config": self._quantization(), "device_map": _this_device()}
        options = {key: value for key, value in options.items() if value is not None}
        where = self._where(saved)
        told = {"output_loading_info": True, "ignore_mismatched_sizes": True}  # `whole` stops at them
        model, report = self._load(kind, where, **options, **told)
        must_be_whole(model, report, where, self.leave_out or ())
        if self.quantize == "nf4":
            _keep_gradients(model)
        return model

    @cached_property
    def encoder_decoder(self) -> bool:
        """Whether an encoder reads the prompt and a decoder writes the reply."""
        from transformers import AutoConfig

        return bool(self._load(AutoConfig, self._where(None)).is_encoder_decoder)

    def _kind(self, saved: Path | None) -> Any:
        """A reward model says that it is one; any other writes, with a decoder alone or behind an encoder."""
        from transformers import (
            AutoConfig,
            AutoModelForCausalLM,
            AutoModelForSeq2SeqLM,
            AutoModelForSequenceClassification,
        )

        said = self._load(AutoConfig, self._where(saved)).architectures or []
        if any(name.endswith("ForSequenceClassification") for name in said):
            return AutoModelForSequenceClassification
        return AutoModelForSeq2SeqLM if self.encoder_decoder else AutoModelForCausalLM

    def _where(self, saved: Path | None) -> str:
        return str(saved or self.folder or self.name)

    def _load(self, kind: Any, where: str, **options: Any) -> Any:
        quiet()
        if where == self.name and self.commit:
            options["revision"] = self.commit
        try:
            return kind.from_pretrained(where, trust_remote_code=self.trust_remote_code, **options)
        except Exception as error:  # a config's values and the code of a model fail in ways of their own
            raise PitchpipeError(f"cannot load the model {reason(error, where, self.attention)}") from error

    def _dtype(self) -> Any:
        import torch

        if self.dtype != "auto":
            return getattr(torch, self.dtype)
        return (
            torch.bfloat16 if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else torch.float32
        )

    def _quantization(self) -> Any:
        from importlib.util import find_spec

        from transformers import BitsAndBytesConfig

        if find_spec("bitsandbytes") is None:
            raise PitchpipeError(
                f"quantize: {self.quantize} needs bitsandbytes: pip install 'pitchpipe[train]'"
            )
        if self.quantize == "int8":
            return BitsAndBytesConfig(load_in_8bit=True)
        return BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=self._dtype(),
        )  # fmt: skip


def _this_device() -> dict[str, Any]:
    """Puts the whole model on this process's device; Accelerate gives each process one."""
    from accelerate import PartialState

    return {"": PartialState().device}


def _keep_gradients(model: Any) -> None:
    """Keeps CPUs with AVX512-BF16 from repacking 4-bit weights in an evaluation: that has no gradient."""
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def _is_about(file: Path) -> bool:
    """Whether a file tells people of a model: what made it, what it is for. It changes nothing of it."""
    return file.suffix == ".md" or file.name == "merge.json"


def _digest(paths: list[Path]) -> str:
    stats = [path.stat() for path in paths]
    return _digest_of(tuple((path, s.st_size, s.st_mtime_ns) for path, s in zip(paths, stats, strict=True)))


@cache
def _digest_of(files: tuple[tuple[Path, int, int], ...]) -> str:
    """Hashes files; every stage of a run asks, so the result is kept as long as sizes and dates stay."""
    total = blake2b(digest_size=12)
    for path, size, date in files:
        total.update(f"{path.name} {size} ".encode())
        total.update(path.read_bytes() if size <= SMALL else str(date).encode())
    return total.hexdigest()
