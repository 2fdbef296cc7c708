"""LoRA: small matrices beside the frozen weights. With a quantised model this is QLoRA."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

import pitchpipe as pp
from pitchpipe_components.adapters.targets import must_match


@dataclass(frozen=True)
class Lora:
    """Low-rank adapters, trained while the model's own weights stay as they are."""

    rank: Annotated[int, Meta(ge=1, description="the adapters' width")] = 16
    alpha: Annotated[int, Meta(ge=1, description="their strength is alpha / rank")] = 32
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    targets: Annotated[
        str | list[str],
        Meta(
            description="names of the modules to adapt, or a regular expression for whole names; all-linear"
            " takes all but the output layer"
        ),
    ] = "all-linear"
    save: Annotated[
        Literal["adapter", "merged"] | None,
        Meta(
            description="what is kept: the adapter, which needs its base wherever it is loaded, or the whole"
            " model, merged; none: merged where the base is a folder that is not quantised"
        ),
    ] = None
    seed: int = 0

    def __call__(self, model: Any, new_tokens: list[int]) -> Any:
        import torch
        from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

        if getattr(model, "is_quantized", False):
            model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
        must_match(self.targets, model)
        torch.manual_seed(self.seed)
        settings = LoraConfig(
            task_type=task_of(model), r=self.rank, lora_alpha=self.alpha, lora_dropout=self.dropout,
            target_modules=self.targets, trainable_token_indices=_new_rows(model, new_tokens),
        )  # fmt: skip
        try:
            adapted = get_peft_model(model, settings)
        except ValueError as error:  # of a module that is no layer of weights
            raise pp.PitchpipeError(f"adapter lora: {error}") from error
        # A set's order changes from process to process, and would change the bytes that are saved.
        config: Any = adapted.peft_config["default"]
        config.target_modules = sorted(config.target_modules)
        head = model.get_output_embeddings()
        if head is not None and not hasattr(head, "bias"):
            head.bias = None  # TRL asks for it, and PEFT's wrapper of new rows knows of none
        return adapted

    def load(self, model: Any, folder: Path) -> Any:
        """The model with adapters that were saved in `folder`."""
        from peft import PeftModel

        return PeftModel.from_pretrained(model, str(folder))

    def merges(self, model: Any) -> bool:
        """Loaders find a base on the hub by its name; a folder they find on this machine alone."""
        quantized = getattr(model, "is_quantized", False)
        if self.save == "merged" and quantized:
            raise pp.PitchpipeError(
                "adapter lora: save: merged needs a model that is not quantised: take `quantize` out, or"
                " save: adapter"
            )
        is_folder = not quantized and Path(model.name_or_path).exists()
        return self.save == "merged" or (self.save is None and is_folder)

    def merged(self, model: Any, folder: Path) -> Any:
        """The whole model, with adapters that were saved in `folder` merged into it."""
        return self.load(model, folder).merge_and_unload()


def task_of(model: Any) -> str:
    """What PEFT calls the way in which a model is asked."""
    return "SEQ_2_SEQ_LM" if model.config.is_encoder_decoder else "CAUSAL_LM"


def _new_rows(model: Any, new: list[int]) -> dict[str, list[int]] | None:
    """Rows of tokens that the model has never seen: nothing but training can give them a meaning."""
    layers = [model.get_input_embeddings(), model.get_output_embeddings()]
    if layers[1] is not None and layers[1].weight is layers[0].weight:
        layers.pop()  # PEFT trains tied rows together
    names = [name for name, module in model.named_modules() if any(module is layer for layer in layers)]
    return {name.rpartition(".")[2]: new for name in names} if new else None
