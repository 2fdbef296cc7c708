"""What a recipe takes over from the run that it begins with: model, adapter, template, collator."""

import os
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.document import Document, Key, Place
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Json
from pitchpipe_stages.model.sections import ADAPTER
from pitchpipe_stages.render.sections import COLLATOR, MODEL, TEMPLATE
from pitchpipe_tools.recipe_file.extends import merged

PLACES = ("name", "folder", "revision", "leave_out")  # options of a model: where it is, what its files hold
GENERAL, CONTINUED = (
    "transformers",
    "continued",
)  # a model in any folder; an adapter that goes on with another
OTHER_MODEL = (
    "the model is the one that {first} tuned. Leave out `model`, or say only how to load it, as in"
    " `model: {{transformers: {{dtype: bfloat16}}}}`"
)
OTHER_ADAPTER = (
    "{first} saves its adapter alone, and another one would leave out what it learned. Leave out `adapter` to"
    " go on with it, or let {file} save the whole model, with `save: merged` of its adapter"
)
CANNOT_GO_ON = "{first} learns vectors that stand beside the weights, and nothing can go on with them"
TAKEN = {section.name for section in (MODEL, ADAPTER, TEMPLATE, COLLATOR)}


@dataclass
class TakenOver:
    """What a run gives to the recipe that begins with it. `run`: where its model is; none: not there yet."""

    recipe: Recipe
    run: Path | None
    said: str
    place: Place

    def fill(self, document: Document) -> Document:
        """The document, with what the run gives where the document says nothing."""
        self._must_agree(document)
        home = document.path.parent.resolve()
        here, there = (self.place._replace(folder=folder) for folder in (home, self.recipe.folder))
        said = {name: self.recipe.data.get(name) for name in sorted(TAKEN)}
        found = self._on_adapter(home) if self.saves_adapter else self._on_model(document, home)
        if self.saves_adapter and not self.run:
            document.data.pop("adapter", None)  # how to go on with what is not there yet
        given = {name: entry for name, entry in deepcopy(said | found).items() if entry is not None}
        places: dict[Key, Place] = {(): self.place}
        places |= {(name,): here if name in found else there for name in given}
        return merged(Document(self.recipe.path, given, places), document, TAKEN)

    @property
    def saves_adapter(self) -> bool:
        """Whether the run saved its adapter alone, or will."""
        if self.run:
            return (self.run / "model" / "adapter_config.json").exists()
        adapter, model = self.recipe[ADAPTER], self.recipe[MODEL]
        if not adapter or not model or not hasattr(adapter.bound, "merges"):
            return adapter is not None
        where = getattr(model.bound, "folder", None) or getattr(model.bound, "name", None)
        quantised = bool(getattr(model.bound, "quantised", False))
        return not adapter.bound.merges(SimpleNamespace(name_or_path=str(where), is_quantized=quantised))

    def _must_agree(self, document: Document) -> None:
        """Stops where the recipe names another model or adapter than the one that it begins with."""
        adapter, own = self.recipe[ADAPTER], document.data
        if not self.saves_adapter or not adapter:
            if "model" in own and not _says_how(own["model"], GENERAL):
                self._stop("model", document, OTHER_MODEL)
        elif getattr(adapter.bound, "stands_alone", False):
            self._stop("adapter", document, CANNOT_GO_ON)
        elif "adapter" in own and not _says_how(own["adapter"], CONTINUED):
            self._stop("adapter", document, OTHER_ADAPTER)

    def _stop(self, section: str, document: Document, words: str) -> None:
        place = document.place((section,)) if section in document.data else self.place
        file = self.recipe.path.name
        raise PitchpipeError(f"{place}: {section}: {words.format(first=self.said, file=file)}.")

    def _on_model(self, document: Document, home: Path) -> Json:
        """The whole model that the run saved, and a new adapter like the run's."""
        found: Json = {"adapter": self._new_adapter("adapter" in document.data)}
        model = self.recipe[MODEL]
        assert model
        folder = self.run / "model" if self.run else getattr(model.bound, "folder", None)
        if folder:
            found["model"] = {GENERAL: {"folder": _seen(folder, home), **self._loading(model)}}
        return found

    def _loading(self, model: Use) -> Json:
        """How the run loaded its base, so far as it says so."""
        options = self.recipe.host.find("model", GENERAL).options
        values = {name: getattr(model.bound, name, options[name].default) for name in options}
        said = {n: value for n, value in values.items() if n not in PLACES and value != options[n].default}
        return dict(msgspec.to_builtins(said, enc_hook=str))

    def _new_adapter(self, another: bool) -> object:
        """The run's adapter, to begin anew: where that went on with another, as the first one was made."""
        from pitchpipe_stages.generate.opened import recipe_of, run_of

        recipe = self.recipe
        while (use := recipe[ADAPTER]) and use.name == CONTINUED:
            earlier = run_of(use.bound.folder)
            if earlier is None and not another:
                raise PitchpipeError(
                    f"{self.place}: adapter: {self.said} went on with an adapter of another tool"
                    f" ({use.bound.folder}): say here which adapter to begin with"
                )
            if earlier is None:
                return None
            recipe = recipe_of(earlier)
        return recipe.data.get("adapter")

    def _on_adapter(self, home: Path) -> Json:
        """The adapter that the run saved, on the very base that it was made for."""
        model, adapter = self.recipe[MODEL], self.recipe[ADAPTER]
        if not self.run:
            return {}
        assert model and adapter
        names = set(self.recipe.host.find("adapter", CONTINUED).options) - {"folder"}
        said = {n: value for n in sorted(names) if (value := getattr(adapter.bound, n, None)) is not None}
        saved = self.run / "model"
        found: Json = {"adapter": {CONTINUED: {"folder": _seen(saved, home), **said}}}
        commit = msgspec.json.decode((saved / "adapter_config.json").read_bytes()).get("revision")
        if commit and model.options.get("name") and not model.options.get("revision"):
            found["model"] = {model.label: {**_options(self.recipe.data["model"]), "revision": commit}}
        return found


def _seen(folder: Path, home: Path) -> str:
    return os.path.relpath(folder.resolve(), home)


def _says_how(entry: object, component: str) -> bool:
    """Whether an entry names a component and no place: it says how to load what is given."""
    named = next(iter(entry), "") if isinstance(entry, dict) else entry
    return named == component and not set(PLACES) & set(_options(entry))


def _options(entry: object) -> Json:
    options = next(iter(entry.values()), None) if isinstance(entry, dict) else None
    return options if isinstance(options, dict) else {}
