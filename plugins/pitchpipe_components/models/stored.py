"""The type of the weights in a model's files, read from their headers."""

import json
from collections import Counter
from math import prod
from pathlib import Path

NAMES = {"F32": "float32", "BF16": "bfloat16", "F16": "float16"}


def stored_dtype(where: str, revision: str | None) -> str:
    """The type of most weights in the first file of a folder or of a model on the hub: "bfloat16"."""
    from safetensors import safe_open

    if not (file := _first(where, revision)):
        return ""
    found = Counter[str]()
    with safe_open(file, "pt") as tensors:
        for name in tensors.keys():  # noqa: SIM118 - it is no dict
            part = tensors.get_slice(name)
            found[part.get_dtype()] += prod(part.get_shape())
    (kind, _), *_ = found.most_common(1)
    return NAMES.get(kind, kind)


def _first(where: str, revision: str | None) -> str:
    from transformers.utils import cached_file

    optional = {"revision": revision, "_raise_exceptions_for_missing_entries": False}
    index = cached_file(where, "model.safetensors.index.json", **optional)
    if not index:
        return cached_file(where, "model.safetensors", **optional) or ""
    names = json.loads(Path(index).read_text("utf-8"))["weight_map"].values()
    return cached_file(where, sorted(names)[0], **optional) or ""
