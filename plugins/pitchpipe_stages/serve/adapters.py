"""Several adapters on one base: each is asked under a name of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe_stages.console import escape
from pitchpipe_stages.generate.adapter_folder import AdapterFolder
from pitchpipe_stages.generate.opened import OpenedModel, is_beside, recipe_at
from pitchpipe_stages.generate.places import run_of, variables_of
from pitchpipe_stages.model.before import rows_of
from pitchpipe_stages.model.load import is_whole
from pitchpipe_stages.render.rendering import Rendering


def adapter_at(name: str, place: str) -> AdapterFolder:
    """The adapter of a run, or of a folder."""
    folder = _folder(place)
    if found := AdapterFolder.at(folder):
        return found
    if is_whole(folder):
        raise PitchpipeError(
            f"adapter {name}: {place} is a whole model. Serve it as an upstream of its own, in a recipe:"
            f" upstreams: {{{name}: {{model: {{path: {place}}}}}}}"
        )
    raise PitchpipeError(f"adapter {name}: there is no adapter in {place} (adapter_config.json)")


def base_at(place: str) -> dict[str, Any]:
    """What the model at a place stands on: the base of its adapter, or itself."""
    folder = _folder(place)
    if found := AdapterFolder.at(folder):
        return found.base
    return {"folder": str(folder.resolve())} if folder.exists() else {"name": place}


@dataclass(frozen=True)
class WornAdapter:
    """An adapter on a base that others share: what PEFT calls it, and how it is asked."""

    inner: str
    opened: OpenedModel


def wear(
    one: OpenedModel, place: str, adapters: Mapping[str, str], console: Console
) -> dict[str, WornAdapter]:
    """Puts further adapters on the base of a model that is open; each has the template of its training."""
    base, found = base_at(place), dict[str, WornAdapter]()
    for number, (name, path) in enumerate(adapters.items(), 1):
        adapter = adapter_at(name, path)
        if adapter.base != base:
            raise PitchpipeError(
                f"adapter {name}: {path} stands on {_named(adapter.base)}, and {place} on {_named(base)}."
                " Adapters share a base; another one needs a server, or an upstream, of its own."
            )
        with console.waiting(f"loading the adapter {escape(name)}"):
            found[name] = WornAdapter(f"further{number}", _opened(one, name, path, adapter))
            _put_on(one, name, found[name].inner, adapter)
    for other in found.values():
        other.opened.model = one.model
    return found


def _opened(one: OpenedModel, name: str, place: str, adapter: AdapterFolder) -> OpenedModel:
    """How an adapter is asked: it was trained with a template, which must end replies as the others do."""
    run = run_of(Path(place))
    recipe = recipe_at(place)
    rendering = Rendering(recipe, None if run else adapter.tokenizer)
    if max(rendering.renderer.control.values(), default=0) >= rows_of(one.model):
        raise PitchpipeError(
            f"adapter {name}: its template has tokens for which the base has no rows. Merge it, and serve it"
            f" by itself: pitchpipe merge {place}"
        )
    opened = OpenedModel(recipe, rendering, one.loader, one.model, run, variables_of(run) if run else {})
    if opened.ends.every != one.ends.every:
        raise PitchpipeError(
            f"adapter {name}: its template, {opened.template}, ends replies by other tokens than that of the"
            f" model, {one.template}. Serve it by itself."
        )
    return opened


def _put_on(one: OpenedModel, name: str, inner: str, adapter: AdapterFolder) -> None:
    from peft import PeftModel

    model: Any = one.model
    try:
        if hasattr(model, "peft_config"):
            model.load_adapter(str(adapter.path), adapter_name=inner)
        else:
            one.model = PeftModel.from_pretrained(model, str(adapter.path), adapter_name=inner)  # type: ignore[assignment]
    except (ValueError, RuntimeError, KeyError) as error:
        raise PitchpipeError(f"adapter {name}: {adapter.path} does not fit the base: {error}") from None
    if not is_beside(one.model):
        raise PitchpipeError(
            f"adapter {name}: adapters that share a base leave it as it is, as LoRA without biases does."
            " Serve those of other kinds by themselves."
        )


def _folder(place: str) -> Path:
    """Where the files of a model lie, of a run too."""
    path = Path(place)
    return path / "model" if run_of(path) == path else path


def _named(base: dict[str, Any]) -> str:
    return str(base.get("folder") or base.get("name"))
