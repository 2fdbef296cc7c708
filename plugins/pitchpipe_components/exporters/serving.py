"""The commands that serve what was written, word for word."""

import json
import shlex
from pathlib import Path


def of_model(folder: Path, name: str) -> list[str]:
    """For a folder of Transformers. Sampling defaults come from its generation config."""
    place, length = quoted(folder), positions(folder)
    most = f" --max-model-len {length}" if length else ""
    context = f" --context-length {length}" if length else ""
    dtype = "bfloat16" if stored_type(folder) == "float32" else "auto"
    return [
        f"vllm serve {place} --served-model-name {quoted(name)}{most} --generation-config {place}"
        f" --dtype {dtype}",
        f"python -m sglang.launch_server --model-path {place} --served-model-name {quoted(name)}{context}",
        f"transformers serve {place}",
    ]


def quoted(folder: Path | str) -> str:
    """A path or a name as a shell takes it."""
    return shlex.quote(str(folder))


def positions(folder: Path) -> int | None:
    """The most tokens of a conversation that the model knows places for, where its config lies there."""
    if not (folder / "config.json").exists():
        return None
    said = json.loads((folder / "config.json").read_text("utf-8"))
    return said.get("max_position_embeddings") or said.get("text_config", {}).get("max_position_embeddings")


def stored_type(folder: Path) -> str:
    said = json.loads((folder / "config.json").read_text("utf-8"))
    return str(said.get("dtype") or said.get("torch_dtype") or "float32")
