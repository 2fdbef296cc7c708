"""The command by which an engine serves what a recipe serves: `pitchpipe serve ... --print ENGINE`.

Commands are those of the exporters. What they lack is what a recipe says of a server: names, host, port, key,
context. An engine has nothing of what stands around a model here: that is said.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console, Export
from pitchpipe.host.options import bind
from pitchpipe.host.protocols import ServesTogether
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe_stages.export.export import made_from
from pitchpipe_stages.export.origin import default_place
from pitchpipe_stages.generate.adapter_folder import AdapterFolder
from pitchpipe_stages.generate.places import run_of
from pitchpipe_stages.model.load import is_whole
from pitchpipe_stages.serve.names import name_of, place_of
from pitchpipe_stages.serve.sections import GUARDS, MIDDLEWARES, ROUTER, SERVE, UPSTREAMS, Serve
from pitchpipe_tools.serve.engine_ends import must_end

ENGINES = {"vllm": "vllm ", "sglang": "python -m sglang", "ollama": "ollama ", "llama.cpp": "llama-server "}
FORMS = {"ollama": "ollama", "llama.cpp": "gguf"}
NOWHERE = Path()
CONTEXT = re.compile(r"(--max-model-len|--context-length|--ctx-size) \d+")


def commands_for(recipe: Recipe, engine: str, console: Console) -> list[str]:
    """What to run. All else that is to be known is said on the console."""
    told = recipe[SERVE]
    if not told.model:
        raise PitchpipeError(f"{recipe.path.name} names no model of its own: `serve: {{model: ...}}`")
    _tell_what_stays(recipe, console)
    order = _Order(recipe, told, place_of(recipe, told.model), engine, console)
    made = order.of_file() if engine in FORMS else order.together() if told.adapters else order.alone()
    wanted = [command for command in made if command.startswith(ENGINES[engine])]
    return [_as_told(command, told, engine, console) for command in wanted]


@dataclass(frozen=True)
class _Order:
    recipe: Recipe
    told: Serve
    place: str
    engine: str
    console: Console

    @property
    def run(self) -> Path | None:
        return run_of(Path(self.place))

    @property
    def folder(self) -> Path:
        return self.run / "model" if self.run else Path(self.place)

    def alone(self) -> list[str]:
        """A whole model: exported, or as it is; else the adapter on its base."""
        if (exported := self._exported("huggingface")) or not self.folder.exists():
            return self._served("huggingface", exported or self.folder)
        if is_whole(self.folder):
            return self._served("huggingface", self.folder)
        try:
            return self.together()
        except PitchpipeError as refusal:
            cure = f"pitchpipe export {self.place} --to huggingface writes the merged model, then ask again"
            raise PitchpipeError(f"{refusal}\n{cure}") from None

    def together(self) -> list[str]:
        """Adapters on their base, that of the model itself among them."""
        places = {name_of(self.told): self.place} if AdapterFolder.at(self.folder) else {}
        places |= {name: place_of(self.recipe, path) for name, path in self.told.adapters.items()}
        exports = [self._export(name, _adapter_at(path)) for name, path in places.items()]
        for export in exports:
            must_end(export.folder, places[export.name], self.told.template or "")
        if len(exports) > 1:
            self._tell(f"all adapters are asked with the chat template and the ends of '{exports[0].name}'")
        if self.engine == "sglang":
            self._tell("SGLang ends replies where the base does: where adapters do not, clients send `stop`")
        component = self._component("adapter", {})
        assert isinstance(component, ServesTogether)
        return component.served_together(exports)

    def of_file(self) -> list[str]:
        """A file of its own form, that an export has written."""
        form = FORMS[self.engine]
        if found := self._exported(form):
            return self._served(form, found)
        cure = f"pitchpipe export {self.place} --to {form}"
        raise PitchpipeError(f"{self.engine} reads a file of its own: {cure} writes it, then ask again")

    def _served(self, form: str, folder: Path) -> list[str]:
        options: Json = {}
        if (folder / "export.json").exists():
            options = msgspec.json.decode((folder / "export.json").read_bytes(), type=Json).get("options", {})
        if form == "huggingface":
            if not folder.exists():
                raise PitchpipeError(f"{self.place} is not on this machine: download it, and name its folder")
            must_end(folder, self.place, self.told.template or "")
        return list(self._component(form, options).served(self._export(name_of(self.told), folder)))

    def _exported(self, form: str) -> Path | None:
        """The export of this very model, if there is one."""
        folder = default_place(self.place, form)
        if not (folder / "export.json").exists():
            return None
        known = msgspec.json.decode((folder / "export.json").read_bytes(), type=Json)
        if known.get("made from") != made_from(self.place):
            again = f"pitchpipe export {self.place} --to {form} --force"
            raise PitchpipeError(f"{folder} is of other weights than {self.place} has now: {again}")
        return folder

    def _component(self, form: str, options: Json) -> Any:
        component = self.recipe.host.find("exporter", form)
        if gone := component.missing():
            raise PitchpipeError(f"the exporter {form} needs {' and '.join(gone)}: {component.cure}")
        return bind(component.call, options)

    def _export(self, name: str, folder: Path) -> Export:
        nothing: Any = None
        return Export(self._with_config(folder), folder, name, "", nothing, None, [], self.console)

    def _with_config(self, folder: Path) -> Path:
        """Where the model's config lies: there, in the run, or with the base."""
        found = AdapterFolder.at(self.folder)
        base = Path(found.base.get("folder", "")) if found else self.folder
        return next((one for one in (folder, self.folder, base) if (one / "config.json").exists()), folder)

    def _tell(self, words: str) -> None:
        self.console.say(f"[dim]{words}[/]")


def _adapter_at(place: str) -> Path:
    run = run_of(Path(place))
    folder = run / "model" if run else Path(place)
    if not AdapterFolder.at(folder):
        raise PitchpipeError(f"there is no adapter in {place} (adapter_config.json)")
    return folder.resolve()


def _tell_what_stays(recipe: Recipe, console: Console) -> None:
    parts = {"guards": GUARDS, "middlewares": MIDDLEWARES, "upstreams": UPSTREAMS, "router": ROUTER}
    if there := [name for name, section in parts.items() if recipe[section]]:
        console.say(
            f"[yellow]note:[/] an engine has no {', '.join(there)}: serve the recipe with the engine as an"
            " upstream, `openai: {url: ..., model: ...}`, and they stand around it too"
        )


def _as_told(command: str, told: Serve, engine: str, console: Console) -> str:
    """With the host, the port, the key and the context of the recipe."""
    if engine == "ollama":
        if told.key:
            console.say("[yellow]note:[/] Ollama asks clients for no key: let pitchpipe stand before it")
        return command
    if told.context:
        command = CONTEXT.sub(rf"\1 {told.context}", command)
    command += f" --host {told.host} --port {told.port or 8000}"
    if told.base and "--lora" in command and engine == "vllm":
        command += f" --served-model-name {told.base}"
    if not told.key:
        return command
    if engine != "llama.cpp":
        console.say(f"[dim]the key is the first of those in {told.key}[/]")
    first = f'"${{{told.key}%%,*}}"'
    keys = {"vllm": f"VLLM_API_KEY={first} {command}", "llama.cpp": f'LLAMA_API_KEY="${told.key}" {command}'}
    return keys.get(engine, f"{command} --api-key {first}")
