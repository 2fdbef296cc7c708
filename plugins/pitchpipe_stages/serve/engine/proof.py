"""Whether rows can join and leave a batch: tried on a few, and compared with what the model says."""

from typing import TYPE_CHECKING, Any

from pitchpipe_stages.serve.engine.calls import ModelCall
from pitchpipe_stages.serve.engine.lone import LoneAnswer
from pitchpipe_stages.serve.engine.sample import Samples

if TYPE_CHECKING:
    from torch import Tensor

EXACT = 1e-3  # of the spread of logits, in fp32: beyond it are wrong positions, not other roundings
CLOSE = 0.3  # the mean where numbers are coarse: bf16, fp16, 8 and 4 bits


def why_alone(call: ModelCall) -> str:
    """Why each answer must be written on its own; nothing where they can be written together."""
    if call.config.is_encoder_decoder:
        return "an encoder reads its prompts"
    try:
        adapter = next(name for name in call.adapters if not call.prompted(name))
        with call.wearing(adapter):
            apart, limit = _rehearsed(call)
    except Exception as error:
        said = " ".join(str(error).split())[:120]
        return f"its rows could not join ({type(error).__name__}: {said})"
    if apart <= limit:
        return ""
    return f"it says other things in company (its logits differ by {apart:.2g} of their spread)"


def mix_up(call: ModelCall) -> bool:
    """Whether answers that are written in turns change each other: a model may keep a state in its layers."""
    import torch

    with call.wearing(call.adapters[0]):
        alone, in_turns = (_first_of(call, count) for count in (1, 2))
    return not torch.allclose(alone, in_turns, atol=float(alone.std()) * EXACT)


def _first_of(call: ModelCall, count: int) -> "Tensor":
    """What the first of some answers says next, that are written in turns."""
    rows = [Samples(call, call.adapters[0]) for _ in range(count)]
    answers = [LoneAnswer(call, [samples.row(5 - at)]) for at, samples in enumerate(rows)]
    for one in answers:
        one.advance(0)
    for _ in range(2):
        for samples, one in zip(rows, answers, strict=True):
            samples.go_on(one)
    logits = answers[0].logits
    for one in answers:
        one.keep([])
    assert logits is not None
    return logits


def _rehearsed(call: ModelCall) -> tuple[float, float]:
    """How far rows that join and leave differ from the model's own forward pass, and how far they may."""
    samples = Samples(call)
    batch = samples.batch(7, 3)
    batch.advance(1 << 20)
    samples.go_on(batch)
    for lengths in ((9,), (2, 4)):
        more = samples.batch(*lengths)
        while not more.read:
            more.advance(5)
        batch.join(more)
        samples.go_on(batch)
        batch.keep([at for at in range(len(batch.rows)) if at != 1])
        samples.go_on(batch)
    assert batch.logits is not None
    told = zip(batch.rows, batch.logits, strict=True)
    errors = [_difference(call, row.ids, logits) for row, logits in told]
    if _exact(call.inner):
        return max(most for most, _ in errors), EXACT
    return sum(mean for _, mean in errors) / len(errors), CLOSE


def _difference(call: ModelCall, ids: list[int], logits: "Tensor") -> tuple[float, float]:
    """The largest and the mean, in parts of the spread of what the model says."""
    import torch

    given = torch.tensor([ids], device=call.device)
    own = call.model(input_ids=given, attention_mask=torch.ones_like(given)).logits[0, -1].float()
    apart = (own - logits).abs() / own.std()
    return float(apart.max()), float(apart.mean())


def _exact(model: Any) -> bool:
    import torch

    return model.dtype == torch.float32 and not getattr(model, "is_quantized", False)
