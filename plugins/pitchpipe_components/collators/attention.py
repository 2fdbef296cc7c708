"""Computes attention within each document of a row, without the mask of all token pairs that `sdpa` needs.

On a GPU PyTorch's kernel for rows of several lengths computes it, elsewhere one document after the other.
"""

from collections.abc import Callable
from functools import cache
from inspect import signature
from typing import Any
from weakref import ref

import torch
from torch.nn.functional import scaled_dot_product_attention

NAME = "pitchpipe_documents"
# Arguments beyond queries, keys and values that some models pass, and that this attention cannot use.
BEYOND = ("softcap", "s_aux", "sinks", "position_bias", "indices", "block_indices")
BEFORE = "tokens stand before the row: a cache, or an adapter that adds to it"
Kernel = tuple[Callable[..., Any], frozenset[str]]  # PyTorch's function, and the names of its options
_read: tuple[ref[torch.Tensor], list[int]] | None = None  # the bounds that were read last
KERNEL_WIDTH = 256  # the widest head that PyTorch's kernel takes


class Unfit(Exception):
    """Raised where this attention cannot replace the model's own; the user sees the reason."""


def register() -> None:
    """Registers the attention in transformers. No mask function has its name, so no mask is built."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, documents)


def documents(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    sliding_window: int | None = None,
    cu_seq_lens_q: torch.Tensor | None = None,
    max_length_q: int | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Computes one layer as transformers calls it: heads before tokens in, tokens before heads out."""
    if cu_seq_lens_q is None or max_length_q is None:
        raise Unfit("it was given a batch that does not say where its documents begin")
    _refuse(module, query, key, attention_mask, sliding_window, others)
    scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
    query, key, value = _cast(query, key, value)
    if kernel := _fitting_kernel(query, value, dropout, sliding_window):
        output = _by_kernel(kernel, query, key, value, scaling, sliding_window, cu_seq_lens_q, max_length_q)
        return output, None
    lengths = _lengths(cu_seq_lens_q)
    if sum(lengths) != query.shape[2]:
        raise Unfit(BEFORE)
    return _one_by_one(query, key, value, scaling, dropout, sliding_window, lengths), None


def _lengths(bounds: torch.Tensor) -> list[int]:
    """The lengths of the documents; read from the device once for all layers of a batch."""
    global _read
    if _read is None or _read[0]() is not bounds:
        _read = ref(bounds), bounds.diff().tolist()
    return _read[1]


def _refuse(
    module: Any, query: torch.Tensor, key: torch.Tensor, mask: Any, window: int | None, others: dict[str, Any]
) -> None:
    """Raises `Unfit` for everything that would give other numbers than the model's own attention."""
    if beyond := [name for name in BEYOND if others.get(name) is not None]:
        raise Unfit(f"the model's attention wants {', '.join(beyond)}")
    if others.get("is_causal") is False or not getattr(module, "is_causal", True):
        raise Unfit("the model's attention looks ahead")
    if mask is not None or query.shape[0] != 1 or query.shape[2] != key.shape[2]:
        raise Unfit(BEFORE)
    config, layer = getattr(module, "config", None), getattr(module, "layer_idx", None)
    kinds = getattr(config, "layer_types", None)
    kind = kinds[layer] if kinds and layer is not None else None
    if kind == "chunked_attention":
        raise Unfit("the model's attention is cut into chunks")
    windowed = kind == "sliding_attention" or (kinds is None and getattr(config, "sliding_window", None))
    if windowed and window is None:
        raise Unfit("the model's attention has a window that only its mask knows")


def _cast(*tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Casts all tensors to one type: under autocast to its type, as PyTorch's own attention does."""
    device = tensors[0].device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else tensors[2].dtype
    return tuple(tensor.to(dtype) for tensor in tensors)


# --- One document after the other ---------------------------------------------------------------


def _one_by_one(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor,
    scaling: float, dropout: float, window: int | None, lengths: list[int],
) -> torch.Tensor:  # fmt: skip
    parts = (tensor.split(lengths, dim=2) for tensor in (query, key, value))
    outputs = []
    for queries, keys, values in zip(*parts, strict=True):
        band = _band(queries.shape[2], window, query.device)
        output = scaled_dot_product_attention(
            queries, keys, values, band, dropout, band is None, scale=scaling,
            enable_gqa=query.shape[1] != key.shape[1],
        )  # fmt: skip
        outputs.append(output)
    return torch.cat(outputs, dim=2).transpose(1, 2).contiguous()


def _band(length: int, window: int | None, device: torch.device) -> torch.Tensor | None:
    """Masks a document longer than the window: a token sees the last `window` tokens, itself included."""
    if window is None or length <= window:
        return None
    whole = torch.ones(length, length, dtype=torch.bool, device=device)
    return whole.tril() & whole.triu(1 - window)


# --- PyTorch's kernel, on GPUs ------------------------------------------------------------------


@cache
def _kernel() -> Kernel | None:
    """Returns PyTorch's attention for rows of several lengths, and the options of this version."""
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return None
    return varlen_attn, frozenset(signature(varlen_attn).parameters)


def _fitting_kernel(
    query: torch.Tensor, value: torch.Tensor, dropout: float, window: int | None
) -> Kernel | None:
    kernel = _kernel() if query.is_cuda and torch.version.cuda else None
    if kernel is None or dropout or query.dtype not in (torch.bfloat16, torch.float16):
        return None
    width = query.shape[-1]
    if width != value.shape[-1] or width > KERNEL_WIDTH or width % 8:
        return None
    return kernel if "window_size" in kernel[1] or ("is_causal" in kernel[1] and window is None) else None


def _by_kernel(
    kernel: Kernel, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor,
    scaling: float, window: int | None, bounds: torch.Tensor, longest: int,
) -> torch.Tensor:  # fmt: skip
    attend, known = kernel
    options: dict[str, Any] = {"is_causal": True}
    if "window_size" in known:  # tokens that a token sees before and after itself
        options = {"window_size": (-1 if window is None else window - 1, 0)}
    groups = query.shape[1] // key.shape[1]
    if "scale" in known:
        options["scale"] = scaling
    else:
        query = query * (scaling * query.shape[-1] ** 0.5)
    if "enable_gqa" in known:
        options["enable_gqa"] = groups > 1
    elif groups > 1:
        key, value = key.repeat_interleave(groups, dim=1), value.repeat_interleave(groups, dim=1)
    # The kernel takes one row of the shape tokens, heads, width.
    row = [tensor[0].transpose(0, 1).contiguous() for tensor in (query, key, value)]
    return attend(*row, bounds, bounds, longest, longest, **options)[None]
