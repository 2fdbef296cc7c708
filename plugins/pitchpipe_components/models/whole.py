"""Whether the files of a model fill it, and the model takes all that they hold.

Transformers gives random numbers to weights that no file holds, leaves out what the config knows nothing of,
and says so in a report that people have learned to skip. Training on either looks fine.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pitchpipe import PitchpipeError

SHOWN = 3  # names in an error
# Masks and tables that older versions of Transformers saved, and that are computed today.
COMPUTED = re.compile(r"(\.(attn|attention)\.(masked_)?bias|\.rotary_emb\.inv_freq|(^|\.)position_ids)$")


def must_be_whole(model: Any, report: dict[str, Any], where: str, leave_out: Sequence[str] = ()) -> None:
    """Stop where the report of the loading names a weight that is missing, too much, or misshapen."""
    missing = sorted(report["missing_keys"])
    strange = sorted(name for name in report["unexpected_keys"] if not _may_be_left(name, leave_out))
    shapes = sorted((name, tuple(file), tuple(own)) for name, file, own in report["mismatched_keys"])
    problems = [*_missing(missing, strange), *_misshapen(shapes), *_strange(strange)]
    if problems:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        raise PitchpipeError(f"the model {where} is not what its config.json says:{lines}")
    _say_untied(model)


def _may_be_left(name: str, leave_out: Sequence[str]) -> bool:
    return bool(COMPUTED.search(name)) or any(re.search(pattern, name) for pattern in leave_out)


def _missing(names: list[str], strange: list[str]) -> Iterable[str]:
    if not names:
        return
    yield (
        f"{_count(names)} in none of its files, and would be trained from random numbers: {_named(names)}."
        f" {_cure(names, strange)}"
    )


def _cure(missing: list[str], strange: list[str]) -> str:
    if prefix := _prefix(missing, strange):
        return f"The names in the files begin with '{prefix}': save the model that is inside the wrapper."
    if all(re.search(r"(^|\.)(lm_head|embed_out)\.", name) for name in missing):
        return (
            "This is a model without its output layer: take the one for causal language modelling. If its"
            " output layer shares the embeddings' weights, say `tie_word_embeddings: true` in config.json."
        )
    return "Take the files from where they came again, or correct the sizes in config.json."


def _prefix(missing: list[str], strange: list[str]) -> str:
    """What stands before all names in the files: "module." of a wrapper that was saved with its model."""
    for name in strange[:1]:
        if wanted := next((one for one in missing if name.endswith(f".{one}")), None):
            return name.removesuffix(wanted)
    return ""


def _misshapen(shapes: list[tuple[str, tuple[int, ...], tuple[int, ...]]]) -> Iterable[str]:
    if not shapes:
        return
    shown = _named(shapes, lambda one: f"{one[0]} (file {_size(one[1])}, config {_size(one[2])})")
    yield f"{_count(shapes)} of another shape than config.json says: {shown}. Correct the sizes there."


def _strange(names: list[str]) -> Iterable[str]:
    if not names:
        return
    parts = list(dict.fromkeys(map(_part, names)))[:SHOWN]
    yield (
        f"{_count(names)} in its files and unknown to config.json, so left out: {_named(names)}. Correct"
        " config.json (num_hidden_layers, model_type), or, if the model is whole without, name them:"
        f" `leave_out: {parts}`"
    )


def _part(name: str) -> str:
    """A pattern for the part of a model that a weight belongs to, to the number of its layer."""
    found = re.match(r".*?\.\d+\.", name)
    return "^" + (found[0] if found else name.partition(".")[0] + ".")


def _say_untied(model: Any) -> None:
    """The config of an output layer of its own must say so, or the next resizing overwrites the layer."""
    text, tied = model.config.get_text_config(), getattr(model, "all_tied_weights_keys", None)
    head, tokens = model.get_output_embeddings(), model.get_input_embeddings()
    if tied or head is None or head.weight is tokens.weight:
        return
    if getattr(text, "tie_word_embeddings", False):
        text.tie_word_embeddings = model.config.tie_word_embeddings = False


def _count(found: Sequence[object]) -> str:
    return f"{len(found):,} weight{'s are' if len(found) > 1 else ' is'}"


def _named(found: Sequence[Any], word: Callable[[Any], str] = str) -> str:
    more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    return ", ".join(map(word, found[:SHOWN])) + more


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
