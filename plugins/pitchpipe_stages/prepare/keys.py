"""What prepared data is made from, by name; and from it the key of each step of each shard."""

import os
import secrets

from pitchpipe.host.protocols import NamesFiles
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.run.keys import KeyParts, digest, digest_files, parts_of
from pitchpipe_stages.data.judge import compares, in_order
from pitchpipe_stages.data.sections import DATA, FILTERS, LOADERS, REPAIR, SourceUse
from pitchpipe_stages.learns import learns
from pitchpipe_stages.prepare.on_hub import commits
from pitchpipe_stages.prepare.sections import MIX, SPLIT
from pitchpipe_stages.render.sections import COLLATOR, MODEL, TEMPLATE

UNKNOWN = secrets.token_hex(8)  # for rows that cannot be known beforehand: another value in each process


class Inputs:
    """All that can change what is prepared."""

    def __init__(self, recipe: Recipe, code: KeyParts):
        self.recipe = recipe
        code = code | {"what the trainer learns": learns(recipe)}
        self._sources = {s.name: code | _source_parts(s, recipe) for s in recipe[LOADERS]}
        self.uses: list[Use] = recipe[FILTERS]
        self._filters = [parts_of(use, recipe) | commits([use]) for use in self.uses]
        self._last: KeyParts = {}
        for use in (recipe[TEMPLATE], recipe[COLLATOR], recipe[MODEL]):
            self._last |= parts_of(use, recipe) if use else {}
        if model := recipe[MODEL]:
            self._last |= {"tokenizer": model.bound.inputs()["tokenizer"]} | commits([model])

    def parts(self) -> KeyParts:
        """Everything, for the run's record."""
        recipe = self.recipe
        parts = {"split": repr(recipe[SPLIT]), "mix": repr(recipe[MIX]), "data": repr(recipe[DATA])}
        parts["filters"] = " ".join(use.label for use in self.uses)
        for source in recipe[LOADERS]:
            place = (source.name, source.side, source.weight, source.fraction, source.count, source.epochs)
            parts[f"{source.name}'s place in the mix"] = repr(place)
        for some in (*self._sources.values(), *self._filters, self._last):
            parts |= some
        return parts

    def last(self) -> str:
        """The key of the last step: template, collator, tokenizer."""
        return digest(self._last)

    def keys(self) -> dict[str, list[str]]:
        """For each source, the key of its rows when read, and after each filter.

        The verdict of a filter that compares, or sees all rows in order, depends on all other rows too.
        """
        keys = {name: [digest(parts)] for name, parts in self._sources.items()}
        for use, parts in zip(self.uses, self._filters, strict=True):
            others = [chain[-1] for chain in keys.values()] if compares(use) or in_order(use) else []
            for chain in keys.values():
                chain.append(digest(chain[-1], parts, others))
        return keys


def _source_parts(source: SourceUse, recipe: Recipe) -> KeyParts:
    """A source's files, by their content; rows that cannot be known beforehand are taken as changed."""
    parts = {f"{source.name}: {part}": value for part, value in parts_of(source.loader, recipe).items()}
    strict = recipe[DATA].strict
    rows = (source.first, source.sample, source.seed, source.undesired, source.media)
    options = (source.name, source.columns, *rows, strict)
    parts[f"{source.name}'s options"] = repr(options)
    parts |= commits([source.loader])
    if isinstance(source.loader.bound, NamesFiles):
        for file in source.loader.bound.inputs():
            parts[os.path.relpath(file, recipe.folder)] = digest_files(file)
    else:
        parts[f"{source.name}'s rows, which its loader cannot compare"] = UNKNOWN
    detected = (Use(component, {}, None, "", component.name) for component in recipe.host.all("format"))
    for chosen in [source.format] if source.format else detected:
        parts |= {f"{source.name}: {part}": value for part, value in parts_of(chosen, recipe).items()}
    repair = recipe[REPAIR]
    return parts | (parts_of(repair, recipe) if repair else {})
