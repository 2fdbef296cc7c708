"""LoRA: small matrices beside the frozen weights. With a quantised model this is QLoRA."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from pitchpipe_components.adapters import peft_model
from pitchpipe_components.adapters.mixing import mixed
from pitchpipe_components.adapters.peft_model import Save
from pitchpipe_components.adapters.reach import notes
from pitchpipe_components.adapters.rows import as_embeddings, is_tied, new_rows
from pitchpipe_components.adapters.targets import must_be_whole, must_match

Ratio = Annotated[
    Annotated[float, Meta(ge=1)] | None,
    Meta(description="LoRA+: how many times as fast the second matrix learns, often 16"),
]


@dataclass(frozen=True)
class Lora:
    """Low-rank adapters, trained while the model's own weights stay as they are."""

    rank: Annotated[int, Meta(ge=1, description="the adapters' width")] = 16
    alpha: Annotated[
        int, Meta(ge=1, description="their strength is alpha / rank, with rslora alpha / the root of rank")
    ] = 32
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    targets: Annotated[
        str | list[str],
        Meta(
            description="names of the modules to adapt, or a regular expression for whole names; all-linear"
            " takes all but the output layer"
        ),
    ] = "all-linear"
    train_also: Annotated[
        list[str] | None,
        Meta(description="names of modules to train whole beside the adapters: embed_tokens, lm_head, norm"),
    ] = None
    rslora: Annotated[bool, Meta(description="a strength that high ranks do not weaken")] = False
    dora: Annotated[
        bool, Meta(description="learn the lengths of the weights' columns apart; slower, better at low ranks")
    ] = False
    init: Annotated[
        Literal["kaiming", "gaussian"], Meta(description="how the first of the two matrices begins")
    ] = "kaiming"
    plus: Ratio = None
    save: Save = None
    seed: int = 0

    def __call__(self, model: Any, new_tokens: list[int]) -> Any:
        import torch
        from peft import LoraConfig

        must_match("lora", self.targets, model)
        whole = as_embeddings(model, must_be_whole("lora", self.train_also or [], model))
        torch.manual_seed(self.seed)
        settings = LoraConfig(
            task_type=peft_model.task(model), r=self.rank, lora_alpha=self.alpha, lora_dropout=self.dropout,
            target_modules=self.targets, use_rslora=self.rslora, use_dora=self.dora,
            init_lora_weights="gaussian" if self.init == "gaussian" else True,
            modules_to_save=list(whole) or None, ensure_weight_tying=bool(whole) and is_tied(model),
            trainable_token_indices=new_rows(model, new_tokens, whole),
        )  # fmt: skip
        return peft_model.adapted("lora", model, settings)

    def notes(self, model: Any) -> list[str]:
        """What a user should know of the adapter on this model."""
        return notes(self.targets, model)

    def rates(self, model: Any) -> dict[str, float]:
        """Of weights that learn faster: their names, and how many times as fast."""
        return faster(model, self.plus)

    def load(self, model: Any, folder: Path) -> Any:
        """The model with adapters that were saved in `folder`."""
        return peft_model.load("lora", model, folder)

    def merges(self, model: Any) -> bool:
        return peft_model.merges("lora", self.save, model)

    def merged(self, model: Any) -> Any:
        """The whole model, with the adapter that is on it merged into its weights."""
        return peft_model.merged(model)

    def mixed(self, model: Any, folder: Path, others: Sequence[Path], weights: Sequence[float]) -> Any:
        """The model with the adapter of `folder` on it: added up, by weights, with those of other folders."""
        return mixed(model, folder, others, weights)


def faster(model: Any, ratio: float | None) -> dict[str, float]:
    """The second matrices of LoRA, which begin at zero, and their rate (LoRA+, arXiv 2402.12354)."""
    names = (name for name, _ in model.named_parameters() if ".lora_B." in name)
    return dict.fromkeys(names, ratio) if ratio else {}
