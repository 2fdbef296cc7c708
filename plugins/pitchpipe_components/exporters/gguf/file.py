"""Writes the file, one tensor in memory at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pitchpipe as pp
from pitchpipe_components.exporters.gguf.architecture import Architecture
from pitchpipe_components.exporters.gguf.elsewhere import Elsewhere, by_llama_cpp
from pitchpipe_components.exporters.gguf.tokens import GgufTokens
from pitchpipe_components.exporters.shards import shards_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 32  # weights that quantised types of this size round together
COMPUTED = (".rotary_emb.inv_freq", ".attn.bias", ".masked_bias")  # tables that old files hold


def write(
    to: Path, architecture: Architecture, tokens: GgufTokens, kind: str, export: pp.Export
) -> list[str]:
    """Writes a model; returns the names of matrices that had to be of another type."""
    import gguf

    from pitchpipe_components.exporters.gguf.writer import ListWriter

    writer = ListWriter(to, architecture.name)
    writer.add_name(export.name)
    writer.add_file_type(
        int(getattr(gguf.LlamaFileType, "ALL_F32" if kind == "f32" else f"MOSTLY_{kind.upper()}"))
    )
    architecture.describe(writer)
    tokens.describe(writer)
    names = _names(architecture, export, kind)
    types = {
        ours: _type(names[ours], shape, kind)
        for ours, shape in _shapes(export.source).items()
        if ours in names
    }
    other = [
        names[n] for n, t in types.items() if kind.startswith("q") and t == gguf.GGMLQuantizationType.F16
    ]
    with export.console.bar("writing", len(names)) as tick:
        _write(writer, architecture, export.source, names, types, tick)
    writer.close()
    return other


def _write(
    writer: Any,
    architecture: Architecture,
    source: Path,
    names: dict[str, str],
    types: dict[str, Any],
    tick: Any,
) -> None:
    """First what there is of each tensor, then the tensors in the same order."""
    import numpy as np

    slowed = np.array(architecture.slowed(), np.float32)
    for ours, shape in _shapes(source).items():
        if ours in names:
            size, dtype = _stored(shape, types[ours])
            writer.add_tensor_info(names[ours], size, dtype, _bytes(shape, types[ours]), types[ours])
    if len(slowed):
        writer.add_tensor_info("rope_freqs.weight", slowed.shape, slowed.dtype, slowed.nbytes)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for ours, values in _tensors(source):
        if ours in names:
            writer.write_tensor_data(as_stored(_turned(ours, values, architecture), types[ours]))
            tick()
    if len(slowed):
        writer.write_tensor_data(slowed)


def as_stored(values: "NDArray[np.float32]", kind: Any) -> Any:
    """Values in a type of GGUF."""
    import gguf

    return gguf.quants.quantize(values, kind)


def _names(architecture: Architecture, export: pp.Export, kind: str) -> dict[str, str]:
    """GGUF's name of each tensor."""
    import gguf

    known = gguf.get_tensor_name_map(getattr(gguf.MODEL_ARCH, architecture.name.upper()), architecture.layers)
    tied, found = architecture.said.get("tie_word_embeddings"), {}
    for name in _shapes(export.source):
        if name.endswith(COMPUTED) or (tied and name.startswith("lm_head.")):
            continue
        if (given := known.get_name(name, try_suffixes=(".weight", ".bias"))) is None:
            raise pp.PitchpipeError(
                by_llama_cpp(Elsewhere(f"the weight {name} has no name there"), export, kind)
            )
        found[name] = given
    return found


def _type(name: str, shape: tuple[int, ...], kind: str) -> Any:
    """The type of a tensor: vectors keep 32 bits, and rows that are no whole number of blocks 16."""
    import gguf

    if len(shape) == 1:
        return gguf.GGMLQuantizationType.F32
    if kind.startswith("q") and shape[-1] % BLOCK:
        return gguf.GGMLQuantizationType.F16
    return gguf.GGMLQuantizationType[kind.upper()]


def _stored(shape: tuple[int, ...], kind: Any) -> tuple[tuple[int, ...], Any]:
    """The shape and the type in which a tensor's bytes are handed over."""
    import gguf
    import numpy as np

    if kind in (gguf.GGMLQuantizationType.F32, gguf.GGMLQuantizationType.F16):
        return shape, np.dtype(np.float32 if kind == gguf.GGMLQuantizationType.F32 else np.float16)
    return gguf.quants.quant_shape_to_byte_shape(shape, kind), np.dtype(np.uint8)


def _bytes(shape: tuple[int, ...], kind: Any) -> int:
    size, dtype = _stored(shape, kind)
    total = dtype.itemsize
    for length in size:
        total *= length
    return int(total)


def _turned(name: str, values: Any, architecture: Architecture) -> Any:
    """llama.cpp pairs neighbours where Transformers pairs halves of a head."""
    of = {"q_proj": architecture.heads, "k_proj": architecture.key_heads}
    heads = next((count for part, count in of.items() if f".{part}." in name), 0)
    if not (architecture.turned and heads):
        return values
    halves = values.reshape(heads, 2, values.shape[0] // heads // 2, *values.shape[1:])
    return halves.swapaxes(1, 2).reshape(values.shape)


def _shapes(source: Path) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor, in the order in which they are read."""
    from safetensors import safe_open

    found = {}
    for shard in shards_of(source):
        with safe_open(shard, "pt") as file:
            for name in file.keys():  # noqa: SIM118, it is no mapping
                found[name] = tuple(file.get_slice(name).get_shape())
    return found


def _tensors(source: Path) -> "Iterator[tuple[str, NDArray[np.float32]]]":
    from safetensors import safe_open

    for shard in shards_of(source):
        with safe_open(shard, "pt") as file:
            for name in file.keys():  # noqa: SIM118, it is no mapping
                yield name, file.get_tensor(name).float().numpy()
