"""The proof that no document of a row sees another, by numbers, on the model at hand.

Three made-up documents are read one by one, then joined in a row, then joined again with the first and the
last one changed. In the row each must be read as it was alone, and the middle one's numbers must not move.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pitchpipe import Example, PitchpipeError

# Differences of logits, as a share of the largest logit. Masked pairs count for nothing, so that what is left
# is rounding: of single precision, or of half precision and quantised weights.
LIMITS = {"full": (1e-4, 1e-3), "half": (1e-2, 6e-2)}
TESTED_WINDOW = 64  # a window up to so many tokens is proven too: a document is made longer than it


@dataclass(frozen=True)
class Proof:
    """What was measured of one attention, or why it could not be."""

    attention: str
    moved: float = float("inf")  # the middle document, when the others change
    apart: float = float("inf")  # a document in a row, from the same alone
    limits: tuple[float, float] = LIMITS["full"]
    unfit: str = ""

    @property
    def holds(self) -> bool:
        return self.moved <= self.limits[0] and self.apart <= self.limits[1]  # false of what is no number

    def __str__(self) -> str:
        return self.unfit or (
            f"with {self.attention} the logits of a document move by {self.moved:.1e} of the largest when its"
            f" neighbours change (limit {self.limits[0]:.0e}), and differ by {self.apart:.1e} from those of"
            f" the document alone (limit {self.limits[1]:.0e})"
        )


@contextmanager
def isolated(model: Any) -> Iterator[dict[str, str]]:
    """As long as this lasts, the model keeps the documents of a row apart: proven, or refused.

    Yields what is to be told of it. Only `sdpa`, the default of transformers, is replaced: whoever names
    another attention gets it.
    """
    from pitchpipe_components.collators.attention import NAME, register

    register()
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    own, training = inner.config._attn_implementation, model.training
    try:
        with _quietly(model):
            proof, why = _first_that_holds(model, inner, [NAME, own] if own == "sdpa" else [own])
        model.train(training)
        yield _told(proof, why)
    finally:
        inner.set_attn_implementation(own)
        model.train(training)


def _first_that_holds(model: Any, inner: Any, attentions: list[str]) -> tuple[Proof, str]:
    documents = _made_up(inner)
    alone = [_logits(model, [document], plain=True) for document in documents]
    refused: list[str] = []
    for attention in attentions:
        inner.set_attn_implementation(attention)
        proof = _prove(model, attention, documents, alone)
        if proof.holds:
            return proof, "; ".join(refused)
        refused.append(str(proof))
    raise PitchpipeError(
        "this model does not keep the documents of a row apart: "
        + "; ".join(refused)
        + ". Use the collator padded, or another model.transformers.attention."
    )


def _prove(model: Any, attention: str, documents: list[list[int]], alone: list[Any]) -> Proof:
    import torch

    from pitchpipe_components.collators.attention import Unfit

    first, middle, last = documents
    changed = [first[::-1], middle, last[::-1]]
    try:
        together, disturbed = _logits(model, documents), _logits(model, changed)
    except Unfit as reason:
        return Proof(attention, unfit=f"{attention} does not fit: {reason}")
    except TypeError as error:
        return Proof(attention, unfit=f"the model takes no bounds of documents: {error}")
    if len(together) != sum(map(len, documents)):
        return Proof(attention, unfit="an adapter adds tokens of its own to the row")
    size = max(float(logits.abs().max()) for logits in alone)
    here = slice(len(first), len(first) + len(middle))
    moved = float((together[here] - disturbed[here]).abs().max())
    apart = float((together - torch.cat(alone)).abs().max())
    exact = _is_single(model) and not torch.is_autocast_enabled(together.device.type)
    return Proof(attention, moved / size, apart / size, LIMITS["full" if exact else "half"])


def _is_single(model: Any) -> bool:
    import torch

    kinds = {parameter.dtype for parameter in model.parameters()}
    return kinds <= {torch.float32, torch.float64} and not getattr(model, "is_quantized", False)


def _made_up(model: Any) -> list[list[int]]:
    """Ordinary tokens: those at the two ends of a vocabulary have meanings of their own."""
    from random import Random

    vocabulary = model.config.get_text_config().vocab_size  # an adapter may wrap the embeddings
    window = getattr(model.config.get_text_config(), "sliding_window", None) or 0
    longer = window + 3 if window <= TESTED_WINDOW else 0
    chance = Random(0)
    ordinary = range(vocabulary // 4, max(vocabulary // 2, vocabulary // 4 + 2))
    return [[chance.choice(ordinary) for _ in range(length)] for length in (9, max(7, longer), 11)]


def _logits(model: Any, documents: list[list[int]], plain: bool = False) -> Any:
    """Of all tokens, in single precision; `plain`: as a model is asked every day, with ids alone."""
    import torch

    from pitchpipe_components.collators.rows import joined

    batch = joined([Example(ids, ids) for ids in documents])
    device = model.get_input_embeddings().weight.device
    kept = ("input_ids",) if plain else tuple(name for name in batch if name != "labels")
    moved = {k: v.to(device) if isinstance(v, torch.Tensor) else v for k, v in batch.items() if k in kept}
    return model(**moved, use_cache=False).logits[0].float()


@contextmanager
def _quietly(model: Any) -> Iterator[None]:
    """Evaluation without gradients: dropout would move the numbers."""
    import torch

    model.eval()
    with torch.no_grad():
        yield


def _told(proof: Proof, why: str) -> dict[str, str]:
    """For people to read; the first entry says which attention is in use."""
    moved, apart = (
        f"{found:.1e} of the largest logit, limit {limit:.0e}"
        for found, limit in zip((proof.moved, proof.apart), proof.limits, strict=True)
    )
    told = {"attention": proof.attention, "moves when neighbours change": moved}
    told["differs from the document alone"] = apart
    return told | ({"why not a faster one": why} if why else {})
