"""Where the recipe of a run sets a threshold, so that what `tune` advises can be typed as it is."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.host.host import Host
from pitchpipe.host.plugin import Component, Plugin, Profile
from pitchpipe_tools.tune.scores import Threshold

Place = tuple[str, Component, dict[str, Any]]  # as --set writes it, the filter, its options


def advice(run: Path, label: str, threshold: Threshold) -> str:
    """How to set a threshold of a filter, or where to look for the option."""
    place = places(run).get(label)
    if place is None:
        return f"what sets it: pitchpipe show filter {label.partition('#')[0]}"
    key, component, given = place
    if option := option_of(component, given, threshold):
        return f"in the recipe, or for one run: --set {key}.{option}=..."
    return f"no option of '{component.name}' sets it alone: pitchpipe show filter {component.address}"


def option_of(component: Component, given: dict[str, Any], threshold: Threshold) -> str:
    """The option that holds a threshold: the one of its name, or the only one that has its value."""
    named = f"{'min' if threshold.bound == 'least' else 'max'}_{threshold.score}"
    if named in component.options:
        return named
    values = {name: given.get(name, option.default) for name, option in component.options.items()}
    numbers = {name: value for name, value in values.items() if type(value) in (int, float)}
    same = [name for name, value in numbers.items() if value == threshold.current]
    return same[0] if len(same) == 1 else ""


def places(run: Path) -> dict[str, Place]:
    """The filters of a run by their labels."""
    recipe = msgspec.json.decode((run / "recipe.json").read_bytes())
    written = msgspec.json.decode((run / "run.json").read_bytes()).get("recipe", "")
    host, seen = Host.from_environment(Path(written).parent), Counter[str]()
    found: dict[str, Place] = {}
    for number, entry in enumerate(recipe.get("filters") or [], 1):
        for key, label, component, options in _filters(host, entry, f"filters.{number}"):
            seen[label] += 1
            found[label if seen[label] == 1 else f"{label}#{seen[label]}"] = (key, component, options)
    return found


def _filters(
    host: Host, entry: Any, key: str, by: Plugin | None = None
) -> Iterator[tuple[str, str, Any, Any]]:
    """A filter, or those of a profile with what the recipe changes in them."""
    name, options = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
    try:
        component = host.find("filter", name, by)
    except ValueError:  # a plugin that is gone
        return
    if not isinstance(component.call, Profile):
        yield f"{key}.{name}", name, component, options or {}
        return
    for inner in component.call.entries:
        inner_name, own = (inner, {}) if isinstance(inner, str) else next(iter(inner.items()))
        change = (options or {}).get(inner_name)
        whole = {inner_name: {**own, **(change if isinstance(change, dict) else {})}}
        if change is not False:
            yield from _filters(host, whole, f"{key}.{name}", component.plugin)
