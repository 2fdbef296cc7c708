"""The benchmark for GPUs runs here on small models, and its numbers are those of what it trains."""

import math
import runpy
import sys

import pytest

from tests.documents import ROOT

pytestmark = pytest.mark.slow(seconds=20)


@pytest.fixture(scope="module")
def benchmark():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["gpu.py"])
        return runpy.run_path(str(ROOT / "benchmarks" / "gpu.py"))


@pytest.fixture(scope="module")
def found(benchmark, tmp_path_factory):
    out = tmp_path_factory.mktemp("gpu") / "found.json"
    ways = ("--ways", "ours", "trl-tuned")
    return benchmark["main"](["--tiny", "--warm", "1", "--timed", "2", *ways, "--out", str(out)])


def test_every_kind_is_trained_by_both(found):
    kinds = [(one["case"], one["way"]) for one in found]
    assert kinds == [(kind, way) for kind in ("lora", "qlora", "full") for way in ("ours", "trl-tuned")]
    for one in found:
        assert one["tokens_per_second"] > 0 and len(one["losses"]) == len(one["gradients"]) == 3
        assert one["mfu"] is None and one["peak_gib"] is None  # no device has said its peak


def test_ours_has_the_loss_and_the_gradient_of_the_model_itself(found):
    for one in found:
        if one["way"] == "ours":
            assert (one["losses"][0], one["gradients"][0]) == pytest.approx(one["reference"], rel=5e-3)
            assert one["losses"][0] == pytest.approx(math.log(512), rel=0.02)  # of guessing


@pytest.mark.parametrize(
    ("name", "weights", "lora"),
    [("8b-lora", 6.979e9, 33.5e9), ("3b-lora", 2.819e9, 15.1e9), ("1b-lora", 0.973e9, 5.82e9)],
)
def test_shapes_and_flops_are_those_of_the_models(benchmark, name, weights, lora):
    """The numbers beside: of Llama's papers and model cards, and worked out by hand for rows of 4,096."""
    import numpy as np

    case = benchmark["CASES"][name]
    assert case.shape.linear == pytest.approx(weights, rel=1e-3)
    assert case.flops(np.full(4, 4096)) == pytest.approx(lora, rel=0.01)
    assert case.flops(np.full(40, 409)) < case.flops(np.full(4, 4096))


def test_adapters_are_counted_as_they_are_made(benchmark):
    case = benchmark["TINY"]["lora"]
    import torch

    model = benchmark["make_model"](case, torch.float32)
    learned = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    linear = sum(w.numel() for n, w in model.named_parameters() if "base_layer" in n)
    assert (case.shape.adapters(case.rank), case.shape.linear) == (learned, linear)


def test_what_is_apart_stops_it(benchmark):
    steps = benchmark["Steps"]()
    for loss, gradient in ((2.0, 1.0), (1.9, 0.0)):
        steps(1, {"loss": loss, "grad_norm": gradient})
    with pytest.raises(AssertionError, match=r"\b0\.0\b"):
        benchmark["_must_be_sound"](steps, 2, None)
    steps.gradients[1] = 1.0
    with pytest.raises(AssertionError, match="the loss of step 1"):
        benchmark["_must_be_sound"](steps, 2, (2.1, 1.0))
    with pytest.raises(AssertionError, match="the gradient of step 1"):
        benchmark["_must_be_sound"](steps, 2, (2.0, 1.1))
    one, other = ({"way": way, "losses": [loss]} for way, loss in (("ours", 2.0), ("trl-tuned", 2.1)))
    with pytest.raises(AssertionError, match="trl-tuned, loss of step 1"):
        benchmark["compare"]("8b-lora", [one, other])
