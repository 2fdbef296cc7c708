"""Prefix tuning and prompt tuning: learned vectors that stand before every conversation.

They are not part of the weights, so nothing can be merged, and a row holds one conversation.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

import pitchpipe as pp
from pitchpipe_components.adapters import peft_model

Tokens = Annotated[int, Meta(ge=1, description="how many learned vectors stand before a conversation")]


@dataclass(frozen=True)
class PrefixTuning:
    """Prefix tuning: learned keys and values before the text, in every layer of a frozen model."""

    tokens: Tokens = 20
    init: Annotated[
        Literal["random", "zero"], Meta(description="random, or a prefix that says nothing at first")
    ] = "random"
    seed: int = 0
    learns_rows: ClassVar[bool] = False
    stands_alone: ClassVar[bool] = True

    def __call__(self, model: Any, new_tokens: list[int]) -> Any:
        import torch
        from peft import PrefixTuningConfig

        torch.manual_seed(self.seed)
        settings = PrefixTuningConfig(
            task_type=peft_model.task(model), num_virtual_tokens=self.tokens,
            init_weights="zero" if self.init == "zero" else None,
        )  # fmt: skip
        return _reads_them("prefix", _ready(peft_model.adapted("prefix", model, settings)))

    def load(self, model: Any, folder: Path) -> Any:
        """The model with a prefix that was saved in `folder`."""
        return _ready(peft_model.load("prefix", model, folder))


@dataclass(frozen=True)
class PromptTuning:
    """Prompt tuning: learned embeddings before the text of a frozen model."""

    tokens: Tokens = 20
    init: Annotated[
        Literal["vocabulary", "random"], Meta(description="begin as tokens of the vocabulary, or at random")
    ] = "vocabulary"
    seed: int = 0
    learns_rows: ClassVar[bool] = False
    stands_alone: ClassVar[bool] = True

    def __call__(self, model: Any, new_tokens: list[int]) -> Any:
        import torch
        from peft import PromptTuningConfig

        torch.manual_seed(self.seed)
        settings = PromptTuningConfig(
            task_type=peft_model.task(model), num_virtual_tokens=self.tokens,
            prompt_tuning_init="SAMPLE_VOCAB" if self.init == "vocabulary" else "RANDOM",
        )  # fmt: skip
        return _ready(peft_model.adapted("prompt", model, settings))

    def load(self, model: Any, folder: Path) -> Any:
        """The model with embeddings that were saved in `folder`."""
        return _ready(peft_model.load("prompt", model, folder))


def _ready(model: Any) -> Any:
    """The model gives logits of the text alone, as any other does, and places the text right behind what
    stands before it: PEFT counts padding between the two as tokens."""
    from inspect import signature

    base = model.get_base_model()
    if base.config.is_encoder_decoder:  # its logits are those of the reply, its positions need no help
        return model
    if "position_ids" in signature(base.forward).parameters:
        base.register_forward_pre_hook(_placed, with_kwargs=True)
    model.register_forward_hook(_of_the_text, with_kwargs=True)
    return model


def _placed(_: Any, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Positions that pass over padding, where nobody gives any."""
    mask = named.get("attention_mask")
    read = named.get("inputs_embeds") if named.get("input_ids") is None else named["input_ids"]
    if mask is None or mask.ndim != 2 or read is None or named.get("position_ids") is not None:
        return given, named
    places = (mask.long().cumsum(-1) - 1).clamp(min=0)
    return given, named | {"position_ids": places[:, -read.shape[1] :]}


def _of_the_text(_: Any, given: tuple[Any, ...], named: dict[str, Any], output: Any) -> Any:
    ids = given[0] if given else named.get("input_ids")
    if ids is not None and getattr(output, "logits", None) is not None:
        output.logits = output.logits[:, -ids.shape[1] :]
    return output


def _reads_them(name: str, model: Any) -> Any:
    """Some models take no learned keys and values: they leave them out without a word, or crash."""
    import torch

    ids = torch.zeros((1, 2), dtype=torch.long, device=model.device)
    was, reason = model.training, "it does not read learned keys and values"
    model.eval()
    try:
        loss = model(input_ids=ids, labels=ids).loss
        found = torch.autograd.grad(loss, [p for p in model.parameters() if p.requires_grad])
        reads = any(bool(gradient.abs().sum() > 0) for gradient in found)
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        reads, reason = False, str(error).partition("\n")[0]
    model.train(was)
    if not reads:
        raise pp.PitchpipeError(
            f"adapter {name}: this model ({model.config.model_type}) cannot be trained with it: {reason}. Use"
            " adapter lora, or prompt."
        )
    return model
