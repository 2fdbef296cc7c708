"""How a model chooses the next token: as its own generation config says; and that in words."""

from typing import TYPE_CHECKING

from pitchpipe.host.contracts import Sampling

if TYPE_CHECKING:
    from transformers import GenerationConfig

GREEDY = Sampling()


def saved(settings: "GenerationConfig") -> Sampling:
    """What a model's own generation config says."""
    if not settings.do_sample:
        return GREEDY
    named = ("temperature", "top_p", "top_k", "min_p")
    given = {name: value for name in named if (value := getattr(settings, name, None)) is not None}
    return Sampling(**{"temperature": 1.0, **given})


def in_words(how: Sampling) -> str:
    """For people: "greedy", or "sampled at temperature 0.7, top_p 0.9"."""
    if not how.temperature:
        return "greedy"
    limits = (("top_p", how.top_p, 1), ("top_k", how.top_k, 0), ("min_p", how.min_p, 0))
    others = [f"{name} {value:g}" for name, value, off in limits if value != off]
    return ", ".join([f"sampled at temperature {how.temperature:g}", *others])
