"""A model that scores replies: the backbone of a language model, with a head that says one number."""

from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Recipe

SCORES = "ForSequenceClassification"
# Of a model that is quantised:
KNOWN = ("is_quantized", "hf_quantizer", "quantization_method", "is_loaded_in_4bit", "is_loaded_in_8bit")


def learns_to_score(recipe: Recipe) -> bool:
    """Whether the recipe's trainer makes such a model."""
    trainers = (use.bound for use in recipe.uses() if use.component.kind == "trainer")
    return any(getattr(trainer, "scores", False) for trainer in trainers)


def scores(model: Any) -> bool:
    """Whether a model is one, whatever adapter is on it."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    return type(base).__name__.endswith(SCORES)


def saved_scorer(folder: Path) -> bool:
    """Whether a folder holds one, or an adapter of one."""
    for name in ("config.json", "adapter_config.json"):
        if (folder / name).exists():
            said = msgspec.json.decode((folder / name).read_bytes())
            return said.get("task_type") == "SEQ_CLS" or str(said.get("architectures")).find(SCORES) > 0
    return False


def scorer(model: Any, pad: int | None) -> Any:
    """The model with a new head in the place of its output layer. The weights below stay where they are."""
    import torch
    from torch import nn
    from transformers import AutoModelForSequenceClassification

    config = model.config
    kind: Any = AutoModelForSequenceClassification._model_mapping.get(type(config), None)
    text = config.get_text_config()
    text.pad_token_id = pad  # says where a reply ends
    if scores(model):
        return model
    if kind is None:
        raise PitchpipeError(f"Transformers has no reward model of the family {config.model_type}")
    config.num_labels = 1
    with torch.device("meta"):
        made = kind(config)
    name = made.base_model_prefix
    if not (hasattr(model, name) and isinstance(getattr(made, "score", None), nn.Linear)):
        raise PitchpipeError(f"no head can be put on {type(model).__name__}: it has no backbone '{name}'")
    setattr(made, name, getattr(model, name))
    made.score = _head(
        made.score, model.get_input_embeddings().weight, float(getattr(text, "initializer_range", 0.02))
    )
    for known in KNOWN:
        if hasattr(model, known):
            setattr(made, known, getattr(model, known))
    made.generation_config, made.name_or_path = model.generation_config, model.name_or_path
    return made


def _head(shape: Any, like: Any, spread: float) -> Any:
    """Small numbers, the same each time."""
    import torch

    kind = like.dtype if like.dtype.is_floating_point else torch.float32
    head = torch.nn.Linear(shape.in_features, shape.out_features, bias=False, dtype=kind, device="cpu")
    chance = torch.Generator().manual_seed(0)
    with torch.no_grad():
        head.weight.copy_(torch.randn(head.weight.shape, generator=chance) * spread)
    return head.to(like.device)
