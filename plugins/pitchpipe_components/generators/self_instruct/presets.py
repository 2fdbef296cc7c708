"""The values of Self-Instruct that have names: ours for chat models, the paper's, and those of two guides."""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from pitchpipe_components.text.made_up import PAPERS

Like = Literal["chat", "paper", "document", "batch"]
Form = Literal["list", "one", "json"]
Classification = Literal["ask", "never", "always"]
Openings = Literal["any", "no_punctuation", "ascii"]

# What a model that reads and writes text alone cannot do. The paper's own words are plainer: "map", "file".
IMPOSSIBLE = (
    "draw a", "draw the", "draw me", "paint a", "plot the", "plot a", "take a photo",
    "take a picture", "record a", "an image", "the image", "this image", "images below", "the photo",
    "this photo", "the picture", "this picture", "screenshot", "the video", "this video", "the audio",
    "this audio", "the recording", "the graph", "this graph", "the chart", "this chart", "the diagram",
    "this diagram", "flowchart", "the map", "go to", "click on", "upload", "download", "attach the",
    "attached", "this link", "the link", "browse", "search the web", "phone call", "set an alarm",
    "set a timer", "set a reminder", "remind me", "turn on the", "play the", "play a song",
)  # fmt: skip


@dataclass(frozen=True)
class Values:
    """All that a name stands for. Those of `chat` are the defaults."""

    form: Form = "list"
    per_ask: int = 8
    demonstrations: dict[str, int] = field(default_factory=lambda: {"human": 6, "machine": 2})
    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 1024
    novelty: dict[str, float | str] = field(default_factory=lambda: {"rouge_l": 0.7})
    min_words: int = 4
    max_words: int = 150
    min_chars: int = 0
    openings: Openings = "no_punctuation"
    programs: bool = True
    blacklist: tuple[str, ...] = IMPOSSIBLE
    classification: Classification = "ask"
    max_instances: int = 5
    instance_temperature: float = 0.7
    instance_max_tokens: int = 2048
    min_output_chars: int = 1
    max_output_chars: int | None = None
    unfinished: tuple[str, ...] = (":",)  # endings of outputs, and with a colon of inputs, that were given up
    repeats_instruction: bool = True  # whether an output may hold its instruction


PRESETS: dict[str, Values] = {
    "chat": Values(),
    "paper": Values(
        temperature=0.7, top_p=0.5, openings="ascii", programs=False, blacklist=PAPERS,
        instance_temperature=0.0, instance_max_tokens=350,
    ),
    "document": Values(
        form="one", per_ask=1, demonstrations={"any": 3}, temperature=0.8, max_tokens=100,
        novelty={"jaccard": 0.7}, min_words=1, max_words=10_000, min_chars=10, openings="any", blacklist=(),
        classification="never", max_instances=1, instance_max_tokens=500, min_output_chars=5, unfinished=(),
    ),
    "batch": Values(
        form="json", per_ask=20, demonstrations={"human": 8}, max_tokens=8192, min_words=1, max_words=10_000,
        openings="any", blacklist=(), classification="never", max_instances=1, min_output_chars=20,
        max_output_chars=2048, unfinished=("...", "etc."), repeats_instruction=False,
    ),
}  # fmt: skip


def of_each(name: str) -> str:
    """The value of `chat`, and those of names that have another: "8; document: 1; batch: 20"."""
    shown = {like: _shown(getattr(values, name)) for like, values in PRESETS.items()}
    others = [f"{like}: {value}" for like, value in shown.items() if value != shown["chat"]]
    return "; ".join([shown["chat"], *others])


def chosen(like: str, given: dict[str, Any]) -> Values:
    """The values of a name, and what a recipe says beside it."""
    own = {one.name: given[one.name] for one in fields(Values) if given.get(one.name) is not None}
    return Values(**(vars(PRESETS[like]) | own))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " + ".join(f"{value[name]} {name}" for name in value)
    if isinstance(value, tuple):
        return f"{len(value)} words" if value else "none"
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
