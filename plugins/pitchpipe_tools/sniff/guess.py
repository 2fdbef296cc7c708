"""Which format the rows are of, and what their columns should be called."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.host.options import bind
from pitchpipe.host.plugin import Component
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Row
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import LOADERS, SourceUse
from pitchpipe_stages.data.source import RowBatch, fits, renamed

# What columns are called in the wild, the likeliest first, by what the format `alpaca` calls them.
GUESSES = {
    "system": "system system_prompt system_message",
    "instruction": "instruction question prompt query request task problem user human input ask source",
    "output": "output answer response completion reply solution target assistant chosen gold result label",
    "input": "context passage document background input",
}
NEEDED = {"instruction", "output"}


@dataclass
class Choice:
    """The format of the rows. `named`: a recipe must name it; `columns`: how they must be called first."""

    found: list[tuple[int, int, str]]  # of the rows looked at: keys, rows, format
    used: Use | None = None
    tied: list[str] = field(default_factory=list)
    named: bool = False
    columns: dict[str, str] = field(default_factory=dict)


def chosen(sample: list[Any], host: Host, forced: str | None, recipe: Recipe) -> Choice:
    """The format that a run would choose, or the one that was asked for; or, where none fits, other names."""
    found = fits(sample, host)
    choice = Choice([(keys, rows, called(component, host)) for keys, rows, component in found])
    best = [component for keys, _, component in found if keys == found[0][0]]
    if forced:
        choice.used = _format(host, forced, "--format")
        choice.named = best != [choice.used.component]
        if not any(rows and component == choice.used.component for _, rows, component in found):
            _with_columns(choice, sample, host, recipe)
    elif best:
        choice.used = _format(host, called(best[0], host))
        choice.named = len(best) > 1
        choice.tied = [called(component, host) for component in best] if choice.named else []
    elif sample:
        _with_columns(choice, sample, host, recipe)
    return choice


def _format(host: Host, name: str, place: str = "detected") -> Use:
    try:
        component = host.find("format", name)
        return Use(component, {}, bind(component.call, {}), place, name)
    except (ValueError, TypeError) as error:
        raise PitchpipeError(f"{place} {name}: {error}") from None


def called(component: Component, host: Host) -> str:
    """Its name, with its plugin's where several offer that name."""
    twins = [other for other in host.all(component.kind) if other.name == component.name]
    return component.name if len(twins) == 1 else component.address


def _with_columns(choice: Choice, sample: list[Any], host: Host, recipe: Recipe) -> None:
    """Other names for the columns, proposed only if with them the rows are read."""
    columns = guessed(sample)
    found = fits([renamed(row, columns) for row in sample], host) if columns else []
    best = [component for keys, _, component in found if keys == found[0][0]]
    if not best:
        return
    used = choice.used or _format(host, called(best[0], host))
    source = SourceUse(recipe[LOADERS][0].loader, "sample", used, columns=columns)
    base = Reader(source, used, recipe).base(RowBatch([Row(row) for row in sample]))
    if 2 * len(base.alive()) > len(base.conversations):
        choice.used, choice.columns, choice.named = used, columns, best != [used.component]


def guessed(sample: list[Any]) -> dict[str, str]:
    """New name: old name, for a prompt and a reply at least; each column is used once."""
    keys = Counter(key for row in sample for key in row if isinstance(key, str))
    left = [key for key, rows in keys.items() if 2 * rows > len(sample)]
    taken: dict[str, str] = {}
    for new, words in GUESSES.items():
        if old := _named_like(words.split(), left, whole=new not in NEEDED):
            taken[new] = old
            left.remove(old)
    if not taken.keys() >= NEEDED:
        return {}
    return {new: old for new, old in taken.items() if new != old}


def _named_like(words: list[str], keys: list[str], whole: bool) -> str:
    """The first key that is one of the words, whatever its case; or that ends in one, as userQuestion."""
    parts = {key: _parts(key) for key in keys}
    for word in words:
        if exact := [key for key in keys if "_".join(parts[key]) == word]:
            return exact[0]
    for word in () if whole else words:
        if ends := [key for key in keys if parts[key][-1:] == [word]]:
            return ends[0]
    return ""


def _parts(key: str) -> list[str]:
    """The words of a name: questionText is one of `question`."""
    words = re.split(r"[\W_]+", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", key).lower().strip("_ "))
    return words[:-1] if len(words) > 1 and words[-1] in ("text", "content") else words
