"""The chunked loss against PyTorch's cross entropy of all logits."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from pitchpipe_components.trainers.loss import chunked
from pitchpipe_components.trainers.loss.chunked import Finish, Layer, losses

FINISHES = [Finish(), Finish(scale=0.125), Finish(cap=3.0), Finish(scale=2.0, cap=5.0)]


def numbers(*shape, seed=0, kind=torch.float32):
    made = torch.randn(*shape, generator=torch.Generator().manual_seed(seed))
    return made.to(kind).requires_grad_()


@pytest.fixture
def few_at_once(monkeypatch):
    monkeypatch.setitem(chunked.AT_ONCE, "cpu", 4 * 50)  # four tokens of a vocabulary of 50


def plain(hidden, layer, targets, finish, smoothing):
    weight = layer.weight
    if layer.rows is not None:
        weight = weight.index_copy(0, layer.index, layer.rows.to(weight.dtype))
    logits = (hidden @ weight.T).float()
    if layer.bias is not None:
        logits = logits + layer.bias
    logits = logits * finish.scale
    logits = logits if finish.cap is None else finish.cap * torch.tanh(logits / finish.cap)
    return cross_entropy(logits, targets, reduction="none", label_smoothing=smoothing)


def gradients(work, parts):
    for part in parts:
        part.grad = None
    (work * 0.3).backward()
    return [part.grad for part in parts]


LAYERS = {
    "trained": lambda weight: Layer(weight),
    "frozen": lambda weight: Layer(weight.detach()),
    "with bias": lambda weight: Layer(weight, numbers(50, seed=2)),
    "new rows": lambda weight: Layer(weight.detach(), None, numbers(3, 8, seed=3), torch.tensor([4, 48, 49])),
}


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("finish", FINISHES)
@pytest.mark.parametrize("way", ["trained", "frozen", "with bias", "new rows"])
def test_loss_and_gradients_are_pytorchs(way, finish, smoothing, few_at_once):
    hidden, weight, targets = numbers(11, 8), numbers(50, 8, seed=1), torch.arange(11) * 4
    layer = LAYERS[way](weight)
    parts = [hidden, *(part for part in (layer.weight, layer.bias, layer.rows) if part is not None and part.requires_grad)]  # fmt: skip
    each = plain(hidden, layer, targets, finish, smoothing)
    expected = gradients(each.sum(), parts)
    total, found = losses(hidden, targets, layer, finish, smoothing)
    torch.testing.assert_close(found, each)
    assert not found.requires_grad and total.item() == pytest.approx(each.sum().item(), rel=1e-5)
    for one, other in zip(gradients(total, parts), expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("finish", FINISHES)
@pytest.mark.parametrize("way", ["trained", "frozen", "with bias", "new rows"])
def test_losses_that_count_differently_have_pytorchs_gradients(way, finish, few_at_once):
    hidden, weight, targets = numbers(11, 8), numbers(50, 8, seed=1), torch.arange(11) * 4
    layer = LAYERS[way](weight)
    parts = [hidden, *(part for part in (layer.weight, layer.bias, layer.rows) if part is not None and part.requires_grad)]  # fmt: skip
    counts = torch.linspace(-2, 3, 11)
    each = plain(hidden, layer, targets, finish, 0)
    expected = gradients((each * counts).exp().sum(), parts)
    total, found = losses(hidden, targets, layer, finish, apart=True)
    torch.testing.assert_close(found, each)
    assert not total.requires_grad
    for one, other in zip(gradients((found * counts).exp().sum(), parts), expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5 * float(other.abs().max()))


@pytest.mark.parametrize("trained", [False, True])
def test_half_precision_is_not_blown_up_and_sums_are_single(trained, few_at_once):
    kind = torch.bfloat16
    hidden, weight = numbers(400, 8, kind=kind), numbers(50, 8, seed=1, kind=kind)
    layer, targets = Layer(weight if trained else weight.detach()), torch.arange(400) % 50
    exact = [part.detach().float().requires_grad_() for part in (hidden, weight)]
    expected = gradients(plain(exact[0], Layer(exact[1]), targets, Finish(), 0).sum(), exact)
    total, each = losses(hidden, targets, layer, Finish())
    found = gradients(total, [hidden, weight] if trained else [hidden])
    assert each.dtype == total.dtype == torch.float32 and found[0].dtype == kind
    for one, other in zip(found, expected, strict=False):
        assert (one.float() - other).abs().max() < 0.01 * other.abs().max()


def test_autocast_chooses_the_type_of_the_products():
    hidden, weight = numbers(5, 8), numbers(50, 8, seed=1)
    with torch.autocast("cpu", torch.bfloat16):
        total, each = losses(hidden, torch.arange(5), Layer(weight), Finish())
        expected = cross_entropy((hidden @ weight.T).float(), torch.arange(5), reduction="none")
    torch.testing.assert_close(each, expected, rtol=1e-5, atol=1e-5)
    total.backward()
    assert hidden.grad.dtype == weight.grad.dtype == torch.float32


def test_a_batch_without_learned_tokens_teaches_nothing():
    hidden, weight = numbers(0, 8), numbers(50, 8)
    total, each = losses(hidden, torch.arange(0), Layer(weight), Finish())
    total.backward()
    assert total == 0 and len(each) == 0 and not weight.grad.any()


def test_without_gradients_none_is_made():
    hidden, weight = numbers(5, 8), numbers(50, 8)
    with torch.no_grad():
        total, _ = losses(hidden, torch.arange(5), Layer(weight), Finish())
    assert not total.requires_grad


def test_the_logits_of_a_large_vocabulary_never_exist_at_once(monkeypatch):
    monkeypatch.setitem(chunked.AT_ONCE, "cpu", 1 << 14)
    sizes = []
    monkeypatch.setattr(
        chunked, "_logits", lambda *parts, own=chunked._logits: sizes.append(len(parts[0])) or own(*parts)
    )
    losses(numbers(40, 8), torch.arange(40), Layer(numbers(2000, 8)), Finish())
    assert max(sizes) * 2000 <= 1 << 14 and sum(sizes) == 40
