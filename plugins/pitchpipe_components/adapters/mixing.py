"""Several LoRA adapters of one base, each with a weight, as one: what they add to the base is added up."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pitchpipe as pp

MIXED = "mixed"
# Files that say how a model is asked. Adapters that learned other words are of no use to each other.
SPOKEN = ("chat_template.jinja", "tokenizer.json")


def mixed(model: Any, own: Path, others: Sequence[Path], weights: Sequence[float]) -> Any:
    """A model with the adapter of a folder on it, and with others of the same base beside it."""
    from peft.tuners.lora import LoraLayer

    must_mix(own, others)
    names = [model.active_adapter, *(f"{MIXED}{number}" for number in range(len(others)))]
    for name, folder in zip(names[1:], others, strict=True):
        model.load_adapter(str(folder), name)
    model.base_model.add_weighted_adapter(names, list(weights), MIXED, combination_type="cat")
    for layer in model.modules():
        if isinstance(layer, LoraLayer) and MIXED in layer.scaling:
            layer.scaling[MIXED] = 1.0  # it stands in the matrices; PEFT would add the first adapter's
    _mix_rows(model, names, weights)
    model.set_adapter(MIXED)
    for name in names:
        model.delete_adapter(name)
    return model


def must_mix(own: Path, others: Sequence[Path]) -> None:
    """Stop where adapters cannot be added up."""
    first = _said(own)
    for folder in [own, *others]:
        said = _said(folder)
        if said.get("peft_type") != "LORA" or said.get("use_dora") or said.get("modules_to_save"):
            raise pp.PitchpipeError(
                f"{folder}: only what LoRA adds to a base can be added up: no DoRA, no modules that were"
                " trained whole, no other kind of adapter. Merge it alone."
            )
        for name, words in (("base_model_name_or_path", "base"), ("revision", "revision of the base")):
            if said.get(name) != first.get(name):
                raise pp.PitchpipeError(
                    f"{folder} was trained on another {words} than {own}: {said.get(name)} and"
                    f" {first.get(name)}. Only adapters of one base can be merged together."
                )
        if _rows(said) != _rows(first) or not _speak_alike(own, folder):
            raise pp.PitchpipeError(
                f"{folder} and {own} were trained with different templates or tokens: merged, the model would"
                " know neither. Train both with one template."
            )


def _said(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "adapter_config.json").read_text("utf-8"))
    return found


def _rows(said: dict[str, Any]) -> Any:
    rows = said.get("trainable_token_indices") or {}
    return {name: sorted(ids) for name, ids in rows.items()} if isinstance(rows, dict) else sorted(rows)


def _speak_alike(one: Path, other: Path) -> bool:
    pairs = [(one / name, other / name) for name in SPOKEN]
    return all(a.read_bytes() == b.read_bytes() for a, b in pairs if a.exists() and b.exists())


def _mix_rows(model: Any, names: Sequence[str], weights: Sequence[float]) -> None:
    """Rows of tokens are what they were in the base, and what each adapter added."""
    import torch

    for layer in model.modules():
        rows = getattr(layer, "trainable_tokens_delta", {})
        if MIXED not in rows:
            continue
        base = layer.trainable_tokens_original[MIXED].float()
        order = layer.token_indices[MIXED]
        with torch.no_grad():
            total = base.clone()
            for name, weight in zip(names, weights, strict=True):
                places = [layer.token_indices[name].index(token) for token in order]
                total += weight * (rows[name][places].float() - base)
            rows[MIXED].copy_(total)
