"""Attention within each document of a row, without a mask; transformers' own `sdpa` needs one of all pairs of
tokens. On a GPU PyTorch's kernel for several lengths does it, elsewhere documents are done one by one."""

from functools import cache
from inspect import signature
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention

NAME = "pitchpipe_documents"
# What some models ask of an attention beyond queries, keys and values, and this one cannot do.
BEYOND = ("softcap", "s_aux", "sinks", "position_bias", "indices", "block_indices")
BEFORE = "tokens stand before the row: a cache, or an adapter that adds to it"
KERNEL_WIDTH = 256  # the widest head of PyTorch's kernel


class Unfit(Exception):
    """This attention cannot stand in for the model's own; the reason is said to the user."""


def register() -> None:
    """Known to transformers by its name. There is no mask function of this name, so no mask is built."""
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
    """One attention layer, as transformers calls it: heads before tokens in, tokens before heads out."""
    if cu_seq_lens_q is None or max_length_q is None:
        raise Unfit("it was given a batch that does not say where its documents begin")
    _refuse(module, query, key, attention_mask, sliding_window, others)
    scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
    query, key, value = _cast(query, key, value)
    if _fits_kernel(query, value, dropout, sliding_window):
        found = _by_kernel(query, key, value, scaling, sliding_window, cu_seq_lens_q, max_length_q)
        return found, None
    lengths = cu_seq_lens_q.diff().tolist()
    if sum(lengths) != query.shape[2]:
        raise Unfit(BEFORE)
    return _one_by_one(query, key, value, scaling, dropout, sliding_window, lengths), None


def _refuse(
    module: Any, query: torch.Tensor, key: torch.Tensor, mask: Any, window: int | None, others: dict[str, Any]
) -> None:
    """All that would give other numbers than the model's own attention."""
    if asked := [name for name in BEYOND if others.get(name) is not None]:
        raise Unfit(f"the model's attention wants {', '.join(asked)}")
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
    """All in one type: under autocast that of autocast, as PyTorch's own attention does."""
    kind = tensors[0].device.type
    wanted = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else tensors[2].dtype
    return tuple(tensor.to(wanted) for tensor in tensors)


# --- One document after the other ---------------------------------------------------------------


def _one_by_one(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor,
    scaling: float, dropout: float, window: int | None, lengths: list[int],
) -> torch.Tensor:  # fmt: skip
    parts = (tensor.split(lengths, dim=2) for tensor in (query, key, value))
    found = []
    for asking, asked, said in zip(*parts, strict=True):
        band = _band(asking.shape[2], window, query.device)
        one = scaled_dot_product_attention(
            asking, asked, said, band, dropout, band is None, scale=scaling,
            enable_gqa=query.shape[1] != key.shape[1],
        )  # fmt: skip
        found.append(one)
    return torch.cat(found, dim=2).transpose(1, 2).contiguous()


def _band(length: int, window: int | None, device: torch.device) -> torch.Tensor | None:
    """Who sees whom in a document longer than the window: the last `window` tokens, itself among them."""
    if window is None or length <= window:
        return None
    whole = torch.ones(length, length, dtype=torch.bool, device=device)
    return whole.tril() & whole.triu(1 - window)


# --- PyTorch's kernel, on GPUs ------------------------------------------------------------------


@cache
def _kernel() -> tuple[Any, frozenset[str]] | None:
    """PyTorch's attention for rows of several lengths, and the options that it has in this version."""
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return None
    return varlen_attn, frozenset(signature(varlen_attn).parameters)


def _fits_kernel(query: torch.Tensor, value: torch.Tensor, dropout: float, window: int | None) -> bool:
    kernel = _kernel() if query.is_cuda and torch.version.cuda else None
    if kernel is None or dropout or query.dtype not in (torch.bfloat16, torch.float16):
        return False
    width = query.shape[-1]
    if width != value.shape[-1] or width > KERNEL_WIDTH or width % 8:
        return False
    return "window_size" in kernel[1] or ("is_causal" in kernel[1] and window is None)


def _by_kernel(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor,
    scaling: float, window: int | None, bounds: torch.Tensor, longest: int,
) -> torch.Tensor:  # fmt: skip
    attend, known = _kernel()  # type: ignore[misc]
    options: dict[str, Any] = {"is_causal": True}
    if "window_size" in known:  # how many tokens before and after one it sees beside itself
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
    # One row: tokens, heads, width.
    row = [tensor[0].transpose(0, 1).contiguous() for tensor in (query, key, value)]
    return attend(*row, bounds, bounds, longest, longest, **options)[None]
