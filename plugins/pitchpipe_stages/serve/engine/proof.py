"""Whether rows can join and leave a batch: tried on a few, and compared with what the model says."""

from random import Random
from typing import TYPE_CHECKING, Any

from pitchpipe.host.serving import Wish
from pitchpipe_stages.serve.engine.batch import AnswerBatch
from pitchpipe_stages.serve.engine.calls import ModelCall
from pitchpipe_stages.serve.engine.row import AnswerRow

if TYPE_CHECKING:
    from torch import Tensor

EXACT = 1e-3  # of the spread of logits, in fp32: beyond it are wrong positions, not other roundings
CLOSE = 0.3  # the mean where numbers are coarse: bf16, fp16, 8 and 4 bits


def why_alone(call: ModelCall) -> str:
    """Why each answer must be written on its own; nothing where they can be written together."""
    if call.config.is_encoder_decoder:
        return "an encoder reads its prompts"
    if call.prompted(""):
        return "its adapter stands before the prompt"
    try:
        with call.wearing(""):
            apart, limit = _rehearsed(call)
    except Exception as error:
        said = " ".join(str(error).split())[:120]
        return f"its rows could not join ({type(error).__name__}: {said})"
    if apart <= limit:
        return ""
    return f"it says other things in company (its logits differ by {apart:.2g} of their spread)"


def _rehearsed(call: ModelCall) -> tuple[float, float]:
    """How far rows that join and leave differ from the model's own forward pass, and how far they may."""
    random = Random(0)
    first = _batch(call, random, 7, 3)
    first.advance(1 << 20)
    _go_on(first, random)
    for lengths in ((9,), (2, 4)):
        more = _batch(call, random, *lengths)
        while not more.read:
            more.advance(5)
        first.join(more)
        _go_on(first, random)
        first.keep([at for at in range(len(first.rows)) if at != 1])
        _go_on(first, random)
    assert first.logits is not None
    errors = [
        _difference(call, row.ids, logits) for row, logits in zip(first.rows, first.logits, strict=True)
    ]
    if _exact(call.inner):
        return max(most for most, _ in errors), EXACT
    return sum(mean for _, mean in errors) / len(errors), CLOSE


def _batch(call: ModelCall, random: Random, *lengths: int) -> AnswerBatch:
    prompts = [[random.randrange(call.tokens) for _ in range(length)] for length in lengths]
    return AnswerBatch(call, [AnswerRow(prompt, Wish(), 99, lambda step: None) for prompt in prompts])


def _go_on(batch: AnswerBatch, random: Random) -> None:
    tokens = [random.randrange(batch.call.tokens) for _ in batch.rows]
    for row, token in zip(batch.rows, tokens, strict=True):
        row.written.append(token)
    batch.forward(tokens)


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
