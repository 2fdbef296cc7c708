"""A whole config of another tool, given where a recipe was expected: the recipe that says the same.

What a value means is told by the synonyms that plugins offer; each value is checked before it is proposed.
What has no place in a recipe is listed, so that nothing is lost unseen.
"""

import os
from collections.abc import Iterator

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.host.options import options_of
from pitchpipe.recipe.checked import sections_of
from pitchpipe.recipe.document import Document
from pitchpipe.records.conversation import Json

ENOUGH = 3  # names of other tools, at the top of a file without loaders
WITHIN = (
    "model",
    "optimizer",
    "lr_scheduler",
    "dataset",
    "lora",
    "checkpointer",
    "dataset_mixture",
    "trainer",
)
VALUES: dict[str, dict[object, str]] = {
    "adapter.lora.targets": {"all": "all-linear"},
    "model.transformers.dtype": {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32"},
    "model.transformers.quantize": {4: "nf4", 8: "int8"},
    "trainer.sft.precision": {"bf16": "bfloat16", "fp32": "float32", "no": "float32"},
    "trainer.sft.schedule": {"constant_with_warmup": "constant", "cosine_with_min_lr": "cosine"},
    "trainer.sft.optimizer": {
        "adamw_torch": "adamw",
        "adamw_torch_fused": "adamw",
        "adamw_hf": "adamw",
        "adamw_bnb_8bit": "adamw_8bit",
        "paged_adamw_32bit": "paged_adamw",
    },
}
# What other tools call a trainer. Losses of DPO may stand in its place.
TRAINERS = {"rm": "reward", "reward_model": "reward", "full_sft": "sft", "lora_sft": "sft"}
DETAILS = {"split": "split", "config": "subset", "name": "subset", "revision": "revision"}
TAKEN = (
    "model",
    "adapter",
    "split",
    "collator",
    "trainer",
    "launch",
)  # sections whose options are taken over
ORDER = ("model", "adapter", "loaders", "split", "template", "collator", "trainer", "launch")


def refuse_foreign(document: Document, host: Host) -> None:
    """Stops at a config of another tool, and shows the recipe for it."""
    data = document.data
    if not isinstance(data, dict) or "loaders" in data or "extends" in data:
        return
    sections = {section.name for section in sections_of(host)}
    if len([name for name in data if name not in sections and host.synonym(name)]) >= ENOUGH:
        translation = Translation(host, document)
        for name, value in _entries(data):
            translation.add(name, value)
        raise PitchpipeError(translation.told(document.path.name))


def _entries(data: Json) -> Iterator[tuple[str, object]]:
    """The names and values of a config, with those of the mappings that are worth looking into."""
    for name, value in data.items():
        if isinstance(value, dict) and name in WITHIN:
            yield from _entries({inner: one for inner, one in value.items() if inner != "_component_"})
        elif value not in (None, "", False):
            yield name, value


class Translation:
    """A recipe in the making, and what had no place in it."""

    def __init__(self, host: Host, document: Document):
        self.host, self.folder = host, document.path.parent.resolve()
        self.recipe: Json = {"loaders": [], "template": "tokenizer"}
        self.left: list[str] = []
        self.choices: list[tuple[str, str]] = []  # sections, and the components that switches chose
        self.trainer = self._trainer(document.data)

    def add(self, name: str, value: object) -> None:
        """Takes one value of the config into the recipe."""
        means, _, switched = self.host.synonym(name).partition("=")
        section, *path = means.split(".")
        if name == "model" and isinstance(value, str):
            section, path = "model", ["transformers", "name"]
        if name == "adapter":
            section, means, switched, value = "adapter", "adapter", "lora", "lora" in str(value)
        if means == "trainer" and self._known("trainer", TRAINERS.get(str(value), value)):
            return
        if section == "trainer" and path:
            path[0] = self.trainer
        if section == "loaders" and path[-1] in ("path", "name"):
            self._add_sources(name, value)
        elif switched:
            on = value in (True, switched)
            if on and path and section in TAKEN:
                self._put(name, section, path, switched)
            elif on and not path:
                self.choices.append((section, switched))
            else:
                self.left.append(f"{name}: {value!r}")
        elif path and section in TAKEN:
            plain = isinstance(value, str | int)
            self._put(name, section, path, VALUES.get(means, {}).get(value, value) if plain else value)
        elif "template" in (section, name) and self._known("template", value):
            self.recipe["template"] = value
        else:
            self.left.append(f"{name}: {_short(value)}" + (f" (here it is {means})" if means else ""))

    def _trainer(self, data: Json) -> str:
        """The trainer that the config asks for; that of replies where it does not say."""
        asked = [value for name, value in _entries(data) if self.host.synonym(name) == "trainer"]
        names = (TRAINERS.get(str(value), str(value)) for value in asked)
        return next((name for name in names if self._known("trainer", name)), "sft")

    def _known(self, kind: str, name: object) -> bool:
        return any(component.name == name for component in self.host.all(kind))

    def _put(self, name: str, section: str, path: list[str], value: object) -> None:
        """Puts a value where a recipe has it, if it may stand there."""
        try:
            self._checked(section, path, value)
        except ValueError as error:
            self.left.append(f"{name}: {_short(value)} ({'.'.join((section, *path))}: {error})")
            return
        held = self.recipe
        for part in (section, *path[:-1]):
            held = held.setdefault(part, {})
        held[path[-1]] = value

    def _checked(self, section: str, path: list[str], value: object) -> None:
        (found,) = (known for known in sections_of(self.host) if known.name == section)
        options = options_of(found.options) if found.options else {}
        if found.kind:
            options = self.host.find(found.kind, path[-2]).options | options
        if path[-1] not in options:
            raise ValueError(f"there is none, as {found.name} is {path[-2]}")
        options[path[-1]].check(value, self.folder)

    def _add_sources(self, name: str, value: object) -> None:
        """Takes the data in: files, and names of the hub. Other tools also have names of their own."""
        for entry in value if isinstance(value, list) else [value]:
            said: Json = dict(entry) if isinstance(entry, dict) else {"path": entry}
            known = next((key for key in ("path", "id", "dataset", "name") if said.get(key)), "")
            path = str(said.pop(known, ""))
            on_hub = path.count("/") == 1 and not os.path.splitext(path)[1] and path[0] not in "./~"
            if on_hub or os.path.splitext(path)[1] or (path and (self.folder / path).exists()):
                options: Json = {"name" if on_hub else "path": path}
                for theirs, ours in DETAILS.items() if on_hub else ():
                    options |= {ours: said.pop(theirs)} if isinstance(said.get(theirs), str) else {}
                if self._known("format", said.get("type")):
                    options["format"] = said.pop("type")
                self.recipe["loaders"].append({"huggingface" if on_hub else "files": options})
                self.left += [f"{name}.{key}: {_short(one)}" for key, one in _entries(said)]
            else:
                self.left.append(f"{name}: {_short(entry)} (a name that only the other tool knows)")

    def told(self, name: str) -> str:
        """The words for the user."""
        lines = [f"{name}: this is a config of another tool, not a recipe. As a recipe it begins:", ""]
        lines += [self._yaml().rstrip()]
        if self.left:
            lines += [
                "",
                "It has no place for these, or they need a look:",
                *(f"  {one}" for one in self.left),
            ]
        return "\n".join([*lines, "", "Save the recipe and check it: pitchpipe check recipe.yaml"])

    def _yaml(self) -> str:
        import yaml

        for section, component in self.choices:
            (options,) = self.recipe.get(section, {"": {}}).values()
            self.recipe[section] = {component: options} if options else component
        if split := self.recipe.get("split"):
            self.recipe["split"] = {"train": round(1 - sum(split.values()), 6), **split}
        if not self.recipe["loaders"]:
            self.recipe["loaders"] = [{"files": {"path": "YOUR_DATA.jsonl"}}]
        model = self.recipe.setdefault("model", {"transformers": {}})["transformers"]
        if "name" not in model and "folder" not in model:
            model["name"] = "YOUR_MODEL"
        self.recipe.setdefault("trainer", self.trainer)
        ordered = {section: self.recipe[section] for section in ORDER if section in self.recipe}
        return yaml.safe_dump(ordered, sort_keys=False, default_flow_style=None, width=100)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "..."
