"""How the losses of a batch are computed: the fast way if it is proven on the model, else the plain one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

import pitchpipe as pp
from pitchpipe_components.trainers.loss.chunked import Finish, finished, kind
from pitchpipe_components.trainers.loss.forward import Learned, Wanted, install
from pitchpipe_components.trainers.loss.layer import NoShortcut, inner, read

# The most that logits may differ, as a share of the largest: rounding of single and of half precision.
LIMITS = {torch.float32: 1e-4, torch.bfloat16: 3e-2, torch.float16: 1e-2}
SCALES = ("logit_scale", "output_multiplier", "lm_head_multiplier", "logits_scaling")
KEPT_BY_ACCELERATE = ("MULTI_CPU", "MULTI_GPU", "NO")  # kinds of training that leave a model's layers whole


class Losses:
    """Computes the losses of learned tokens, through adapters and what Accelerate wraps around them."""

    def __init__(
        self,
        model: Any,
        smoothing: float,
        aux_weight: float,
        spread: str = "NO",
        apart: bool = False,
        temperature: float = 1.0,
    ):
        """`apart`: each loss has a gradient of its own, not their sum. `temperature` divides logits."""
        self.smoothing, self.aux_weight, self.apart, self.why_plain = smoothing, aux_weight, apart, ""
        self.finish = Finish(temperature=temperature)
        self.shift = 0 if inner(model).config.is_encoder_decoder else 1
        known = install(model)
        if spread not in KEPT_BY_ACCELERATE:
            self.why_plain = f"it is spread over processes by {spread}"
            return
        if not known:  # once: a model whose documents are kept apart takes no batch of another kind
            known.update(_found(model))
        self.finish = replace(known["finish"], temperature=temperature)
        self.why_plain = known["why plain"]

    def __call__(self, model: Any, inputs: dict[str, Any], places: Tensor) -> Learned:
        """The losses of a batch. Evaluation smooths nothing: its loss compares with others'."""
        smoothing = self.smoothing if model.training else 0.0
        inputs = {**inputs, "use_cache": False}
        if self.aux_weight:
            inputs["output_router_logits"] = True
        if self.why_plain:
            total, each, aux_loss = _plain(
                model, inputs, places, self.shift, smoothing, self.finish.temperature
            )
            return Learned(total, each if self.apart else each.detach(), aux_loss)
        wanted = Wanted(places, inputs["labels"].shape[1], self.finish, smoothing, self.apart)
        found: Learned = model(**inputs, wanted=wanted)
        return found

    def tell(self, console: pp.Console) -> None:
        if self.why_plain:
            console.say(f"[yellow]slow:[/] the loss is computed from all logits: {self.why_plain}")


def _plain(
    model: Any,
    inputs: dict[str, Any],
    places: Tensor,
    shift: int,
    smoothing: float,
    temperature: float,
) -> tuple[Tensor, Tensor, Any]:
    """From the model's own logits."""
    labels = inputs["labels"]
    given = inputs if shift == 0 else {key: value for key, value in inputs.items() if key != "labels"}
    outputs = model(**given)
    logits = outputs.logits[:, -labels.shape[1] :]  # an adapter may put tokens before a row
    chosen = logits.flatten(0, 1).index_select(0, places.to(logits.device)).float() / temperature
    targets = labels.flatten()[places + shift].to(logits.device)
    each = cross_entropy(chosen, targets, reduction="none", label_smoothing=smoothing)
    return each.sum(), each, getattr(outputs, "aux_loss", None)


# --- The proof ----------------------------------------------------------------------------------


def _found(model: Any) -> dict[str, Any]:
    try:
        return {"finish": _proven(model), "why plain": ""}
    except NoShortcut as reason:
        return {"finish": Finish(), "why plain": str(reason)}


def _proven(model: Any) -> Finish:
    """What the model does after its output layer, found by comparing logits with its own."""
    base, seen = inner(model), list[Tensor]()
    layer = read(base)
    watch = base.get_output_embeddings().register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    try:
        with _quietly(model):
            expected = model(**_made_up(base)).logits.float()
    finally:
        watch.remove()
    if len(seen) != 1:
        raise NoShortcut(f"its forward pass calls its output layer {len(seen)} times")
    apart, largest = float("inf"), float(expected.abs().max())
    for finish in _finishes(base.config.get_text_config()):
        with _quietly(model):
            text = seen[0][:, -expected.shape[1] :]  # an adapter may put tokens before a row
            found = finished(text, layer, finish)
        if found.shape == expected.shape:
            apart = min(apart, float((found - expected).abs().max()) / largest)
        if apart <= LIMITS[kind(layer.weight)]:
            return finish
    raise NoShortcut(f"computed from hidden states, logits differ by {apart:.1e} of the largest from its own")


def _finishes(config: Any) -> Iterator[Finish]:
    """What a config says of the logits, and the opposite: numbers of one name multiply here, divide there."""
    cap = getattr(config, "final_logit_softcapping", None)
    named = [value for name in SCALES if (value := getattr(config, name, None))]
    for scale in (*named, *(1 / value for value in named), 1.0):
        yield Finish(float(scale), cap)
    if cap:
        yield Finish()


def _made_up(base: Any) -> dict[str, Any]:
    """Two rows of ordinary tokens: those at the ends of a vocabulary have meanings of their own."""
    count = base.config.get_text_config().vocab_size
    chance = torch.Generator().manual_seed(0)
    ids = torch.randint(count // 4, max(count // 2, count // 4 + 2), (2, 6), generator=chance)
    ids = ids.to(base.get_input_embeddings().weight.device)
    made = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "use_cache": False}
    return made | ({"labels": ids.clone()} if base.config.is_encoder_decoder else {})


@contextmanager
def _quietly(model: Any) -> Iterator[None]:
    """Evaluation without gradients: dropout would move the numbers."""
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(training)
