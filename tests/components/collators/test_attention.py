"""The attention of joined documents is that of a block mask."""

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from pitchpipe_components.collators.attention import Unfit, _by_kernel, _kernel, documents


@pytest.mark.parametrize("window", [None, 1, 3, 100])
def test_attention_is_that_of_a_block_mask(window):
    torch.manual_seed(0)
    lengths = [5, 1, 9]
    query, key, value = torch.randn(1, 4, 15, 8), torch.randn(1, 2, 15, 8), torch.randn(1, 2, 15, 8)
    bounds = torch.tensor([0, 5, 6, 15], dtype=torch.int32)
    found, _ = documents(
        torch.nn.Module(),
        query,
        key,
        value,
        None,
        scaling=0.3,
        sliding_window=window,
        cu_seq_lens_q=bounds,
        max_length_q=9,
    )
    at = torch.arange(15)
    of = torch.repeat_interleave(torch.arange(3), torch.tensor(lengths))
    seen = (of[:, None] == of[None]) & (at[:, None] >= at[None])
    if window:
        seen &= at[:, None] - at[None] < window
    expected = scaled_dot_product_attention(query, key, value, seen, scale=0.3, enable_gqa=True)
    assert torch.allclose(found, expected.transpose(1, 2), atol=1e-6)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "does not say where its documents begin"),
        ({"softcap": 50.0, "bounds": True}, "wants softcap"),
        ({"s_aux": torch.ones(2), "bounds": True}, "wants s_aux"),
        ({"is_causal": False, "bounds": True}, "looks ahead"),
        ({"attention_mask": torch.ones(1), "bounds": True}, "tokens stand before the row"),
    ],
)
def test_what_it_cannot_do_is_said(options, why):
    options = dict(options)
    if options.pop("bounds", False):
        options |= {"cu_seq_lens_q": torch.tensor([0, 3]), "max_length_q": 3}
    tensors = (torch.randn(1, 2, 3, 4) for _ in range(3))
    with pytest.raises(Unfit, match=why):
        documents(torch.nn.Module(), *tensors, **{"attention_mask": None, **options})


def test_the_gpu_kernel_takes_our_options():
    """It runs on GPUs only; that this version of PyTorch knows the options is seen without one."""
    tensors = (torch.randn(1, heads, 6, 8, dtype=torch.bfloat16) for heads in (4, 2, 2))
    with pytest.raises(NotImplementedError):
        _by_kernel(_kernel(), *tensors, 0.3, 4, torch.tensor([0, 2, 6], dtype=torch.int32), 4)
