"""A model's shape in the words of GGUF, from its config.json: the Llama family."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pitchpipe_components.exporters.gguf.elsewhere import Elsewhere

# What a kind of model is called in GGUF, and whether llama.cpp turns pairs of its rotary positions otherwise.
FAMILIES = {
    "llama": ("llama", True),
    "mistral": ("llama", True),
    "qwen2": ("qwen2", False),
    "qwen3": ("qwen3", False),
}
SCALINGS = ("default", "linear", "llama3")


@dataclass(frozen=True)
class Architecture:
    """What a file says of a model, and what its tensors need."""

    name: str
    said: dict[str, Any]
    turned: bool

    @classmethod
    def of(cls, source: Path) -> "Architecture":
        """The shape of a model that can be written here."""
        said = json.loads((source / "config.json").read_text("utf-8"))
        kind = said.get("model_type", "")
        if kind not in FAMILIES:
            raise Elsewhere(f"models of the kind {kind!r} are not written here, only {', '.join(FAMILIES)}")
        if said.get("quantization_config"):
            raise Elsewhere("the weights are quantised already")
        found = cls(FAMILIES[kind][0], said, FAMILIES[kind][1])
        if found.scaling not in SCALINGS:
            raise Elsewhere(f"rotary positions of the kind {found.scaling!r} are not written here")
        if said.get("hidden_act", "silu") != "silu":
            raise Elsewhere(f"the activation {said['hidden_act']!r} is not Llama's")
        if said.get("use_sliding_window"):
            raise Elsewhere("a sliding window of attention is not written here")
        return found

    @property
    def rows(self) -> int:
        return int(self.said["vocab_size"])

    @property
    def layers(self) -> int:
        return int(self.said["num_hidden_layers"])

    @property
    def heads(self) -> int:
        return int(self.said["num_attention_heads"])

    @property
    def key_heads(self) -> int:
        return int(self.said.get("num_key_value_heads") or self.heads)

    @property
    def head(self) -> int:
        """The width of a head."""
        return int(self.said.get("head_dim") or self.said["hidden_size"] // self.heads)

    @property
    def positions(self) -> int:
        """How far a conversation may go. llama.cpp knows no window here: up to it, all is the same."""
        most, window = int(self.said["max_position_embeddings"]), self.said.get("sliding_window")
        return min(most, int(window)) if window and self.said["model_type"] == "mistral" else most

    @property
    def rotary(self) -> dict[str, Any]:
        """How positions are turned; older configs say it in two places."""
        found = self.said.get("rope_parameters") or self.said.get("rope_scaling") or {}
        return {"rope_theta": self.said.get("rope_theta", 10000.0), **found}

    @property
    def scaling(self) -> str:
        return str(self.rotary.get("rope_type") or self.rotary.get("type") or "default")

    def describe(self, writer: Any) -> None:
        """Tells a writer of GGUF the shape."""
        from gguf import RopeScalingType

        said = self.said
        writer.add_context_length(self.positions)
        writer.add_embedding_length(said["hidden_size"])
        writer.add_block_count(self.layers)
        writer.add_feed_forward_length(said["intermediate_size"])
        writer.add_head_count(self.heads)
        writer.add_head_count_kv(self.key_heads)
        writer.add_key_length(self.head)
        writer.add_value_length(self.head)
        writer.add_layer_norm_rms_eps(said["rms_norm_eps"])
        writer.add_rope_dimension_count(self.head)
        writer.add_rope_freq_base(float(self.rotary["rope_theta"]))
        writer.add_vocab_size(self.rows)
        if self.scaling == "linear":
            writer.add_rope_scaling_type(RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(float(self.rotary["factor"]))

    def slowed(self) -> list[float]:
        """By how much each frequency is slowed, of the kind of Llama 3.1; none for other kinds.

        Long waves are slowed by the whole factor, short ones not at all, those between by a share.
        """
        if self.scaling != "llama3":
            return []
        known = self.rotary
        low, high, factor = known["low_freq_factor"], known["high_freq_factor"], known["factor"]
        before, found = known["original_max_position_embeddings"], []
        for pair in range(self.head // 2):
            wave = 2 * math.pi * known["rope_theta"] ** (2 * pair / self.head)
            share = min(1.0, max(0.0, (before / wave - low) / (high - low)))
            found.append(1 / ((1 - share) / factor + share))
        return found
