"""A recipe made small, to try it on any machine: every part of it runs, on few rows and a tiny model."""

from collections.abc import Container
from contextlib import suppress
from typing import Any

from pitchpipe.host.host import Host
from pitchpipe.recipe.checked import sections_of
from pitchpipe.recipe.document import Key
from pitchpipe.records.conversation import Json
from pitchpipe_stages.train.device import PROCESSOR, training_device

MODEL, ENCODER_DECODER = "tiny", "tiny_seq2seq"
KEPT = ("quantize",)  # options of the recipe's model that the tiny one takes too
ROWS, STEPS = 100, 4  # of each source; of training
# The most that options say, by kind. Those of loaders belong to every source.
LIMITS: dict[str, dict[str, int]] = {
    "loader": {"first": ROWS},
    "collator": {"length": 2048},
    "trainer": {
        "max_steps": STEPS, "batch_size": 2, "accumulate": 2, "evaluate_every": 2, "checkpoint_every": 2,
        "log_every": 1, "group": 4, "max_new_tokens": 16,
    },
    "evaluator": {"limit": 8, "max_new_tokens": 16},
}  # fmt: skip
SAID = (
    f"--tiny: the tiny model in place of the recipe's, {ROWS} rows of each source, {STEPS} steps of training,"
    " small batches. It shows that the recipe works here, and nothing of how good its model will be."
)

LAUNCHED = (
    "--tiny on a processor: plain data parallelism with at most 2 processes, in place of the recipe's launch"
)


def shrink(host: Host, data: Json, but: Container[str] = ()) -> list[Key]:
    """Puts the tiny model and small numbers into a recipe, and returns the keys of what it changed. Sections
    in `but` are small already."""
    changed: list[Key] = []
    data.pop("tuned", None)  # no tuning of the tiny model
    if data.get("model") and "model" not in but:
        data["model"], changed = _tiny(host, data), [("model",)]
    if data.get("launch") and training_device().words == PROCESSOR:
        data["launch"] = {"processes": 1 if _asked(data) in (1, "auto") else 2}
        changed.append(("launch",))
    for section in sections_of(host):
        if section.kind in LIMITS and (held := data.get(section.name)):
            entries = held if section.many else [held]
            for number, entry in enumerate(entries if isinstance(entries, list) else [], 1):
                name, small = _smaller(host, section.kind, entry)
                key = (section.name, number, name) if section.many else (section.name, name)
                changed += [(*key, option) for option in small]
                if small and section.many:
                    entries[number - 1] = _with(entry, name, small)
                elif small:
                    data[section.name] = _with(entry, name, small)
    return changed


def _asked(data: Json) -> object:
    """How many processes train on each machine, as the recipe writes it."""
    launch = data["launch"]
    return launch.get("processes", 1) if isinstance(launch, dict) else 1


def _tiny(host: Host, data: Json) -> Json | str:
    """The tiny model that fits the collator, quantised as the recipe's is."""
    model, collator = data["model"], data.get("collator")
    with suppress(ValueError):
        name = next(iter(collator)) if isinstance(collator, dict) and collator else str(collator)
        if getattr(host.find("collator", name).call, "encoder_decoder", False):
            return ENCODER_DECODER
    given = next(iter(model.values()), None) if isinstance(model, dict) else None
    return {MODEL: {name: given[name] for name in KEPT if name in given} if isinstance(given, dict) else {}}


def _smaller(host: Host, kind: str, entry: object) -> tuple[str, Json]:
    """A component's name, and its options that become small. What is malformed, `check` tells."""
    name, given = next(iter(entry.items())) if isinstance(entry, dict) and len(entry) == 1 else (entry, {})
    if not isinstance(name, str) or not isinstance(given := given or {}, dict):
        return "", {}
    limits = LIMITS[kind] if kind == "loader" else _known(host, kind, name)
    return name, {option: most for option, most in limits.items() if _is_more(given.get(option), most)}


def _known(host: Host, kind: str, name: str) -> dict[str, int]:
    """The limits of the options that a component has."""
    with suppress(ValueError):
        options = host.find(kind, name).options
        return {option: most for option, most in LIMITS[kind].items() if option in options}
    return {}


def _is_more(given: object, most: int) -> bool:
    return given is None or (isinstance(given, int | float) and given > most)


def _with(entry: Any, name: str, small: Json) -> Json:
    """The entry with other values of some of its options."""
    return {name: {**(entry[name] or {} if isinstance(entry, dict) else {}), **small}}
