"""The files of weights of a model: which they are, and copies of them in another type."""

import json
import shutil
from pathlib import Path
from typing import Any

import pitchpipe as pp

WHOLE, INDEX = "model.safetensors", "model.safetensors.index.json"


def shards_of(folder: Path) -> list[Path]:
    """The safetensors files that make up a model."""
    if (folder / INDEX).exists():
        names = json.loads((folder / INDEX).read_text("utf-8"))["weight_map"].values()
        return [folder / name for name in sorted(set(names))]
    return [folder / WHOLE] if (folder / WHOLE).exists() else []


def cast_shards(source: Path, folder: Path, dtype: str | None, console: pp.Console) -> None:
    """Copies weights into a folder, as they are or in another type. One shard is in memory at a time."""
    shards = shards_of(source)
    with console.bar("writing", len(shards)) as tick:
        for shard in shards:
            if dtype:
                _cast(shard, folder / shard.name, dtype)
            else:
                shutil.copyfile(shard, folder / shard.name)
            tick()
    if (source / INDEX).exists():
        _write_index(source / INDEX, folder)


def _cast(shard: Path, to: Path, dtype: str) -> None:
    import torch
    from safetensors import safe_open
    from safetensors.torch import save_file

    wanted, tensors = getattr(torch, dtype), dict[str, Any]()
    with safe_open(shard, "pt") as file:
        for name in file.keys():  # noqa: SIM118, it is no mapping
            tensor = file.get_tensor(name)
            tensors[name] = tensor.to(wanted) if tensor.is_floating_point() else tensor
        if broken := _overflown(tensors):
            raise pp.PitchpipeError(f"{broken} has numbers beyond {dtype}: take bfloat16 or float32")
        save_file(tensors, to, metadata=file.metadata())


def _overflown(tensors: dict[str, Any]) -> str:
    """The first weight that is not a number any more."""
    return next((n for n, t in tensors.items() if t.is_floating_point() and not t.isfinite().all()), "")


def _write_index(index: Path, folder: Path) -> None:
    """The index of the shards, with the size that they have now."""
    said = json.loads(index.read_text("utf-8"))
    sizes = sum((folder / name).stat().st_size for name in set(said["weight_map"].values()))
    said["metadata"] = said.get("metadata", {}) | {"total_size": sizes}
    (folder / INDEX).write_text(json.dumps(said, indent=2) + "\n", "utf-8")
