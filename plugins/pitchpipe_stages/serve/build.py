"""From a checked recipe to a service: models are opened, and all that stands around them is put together."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.host.serving import Upstream
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.keys import digest, parts_of
from pitchpipe_stages.generate.asking import ready
from pitchpipe_stages.generate.opened import OpenedModel, opened
from pitchpipe_stages.serve.adapters import wear
from pitchpipe_stages.serve.admission import Entrance
from pitchpipe_stages.serve.embedded import EmbeddedModel
from pitchpipe_stages.serve.engine.engine import Engine
from pitchpipe_stages.serve.in_process import ModelInProcess
from pitchpipe_stages.serve.names import name_of, place_of
from pitchpipe_stages.serve.sections import GUARDS, MIDDLEWARES, ROUTER, SERVE, UPSTREAMS, Serve
from pitchpipe_stages.serve.service import ServingService

Embedded = dict[str, EmbeddedModel]


def build(recipe: Recipe, console: Console) -> ServingService:
    """The service of a recipe, ready to begin. Models are loaded here, and nothing is asked of others yet."""
    told, router = recipe[SERVE], recipe[ROUTER]
    embedded, places = _own_models(recipe, told, console)
    upstreams: dict[str, Upstream] = {**embedded}
    for use in recipe[UPSTREAMS]:
        upstreams[use.label] = use.bound
        if isinstance(use.bound, ModelInProcess):
            place = place_of(recipe, use.bound.path)
            one = _open(place, use.bound.template, told, console)
            own = EmbeddedModel(one, _engine(one, told), _adapter_of(one), told.max_tokens)
            upstreams[use.label] = embedded[use.label] = own
            places[use.label] = Path(place)
    if not upstreams:
        raise PitchpipeError(
            f"{recipe.path}: there is nothing to serve: neither `serve: {{model: ...}}` nor `upstreams`"
        )
    folder = Path(told.folder)
    folder.mkdir(parents=True, exist_ok=True)
    return ServingService(
        upstreams,
        folder,
        router=router.bound if router else None,
        routed=told.routed if router else "",
        guards=recipe[GUARDS],
        middlewares=[use.bound for use in recipe[MIDDLEWARES]],
        identity=digest(*(parts_of(use, recipe) for use in recipe[GUARDS])),
        embedded=embedded,
        places=places,
        admission=Entrance(told.rows, told.queue),
        log=told.log,
    )


def _own_models(recipe: Recipe, told: Serve, console: Console) -> tuple[Embedded, dict[str, Path]]:
    """The model of the section `serve`, with the adapters on its base, and the base itself if it is named."""
    if not told.model:
        return {}, {}
    place = place_of(recipe, told.model)
    one = _open(place, told.template or "", told, console)
    own = _adapter_of(one)
    if told.base and not own:
        raise PitchpipeError(f"--base {told.base}: {place} is a whole model, and no base is beneath it")
    others = wear(one, place, told.adapters, console)
    engine, name = _engine(one, told), name_of(told)
    found = {name: EmbeddedModel(one, engine, own, told.max_tokens)}
    places = {name: Path(place)}
    for other, adapter in others.items():
        found[other] = EmbeddedModel(adapter.opened, engine, adapter.inner, told.max_tokens)
        places[other] = Path(told.adapters[other])
    if told.base:
        found[told.base] = EmbeddedModel(replace(one, without_adapter=True), engine, "", told.max_tokens)
    return found, places


def _open(place: str, template: str, told: Serve, console: Console) -> OpenedModel:
    one = opened(place, console, template=template, texts=True)
    with ready(one.model) as model:
        if model.device.type == "cpu" and not getattr(model, "is_quantized", False):
            model.float()  # in half of it, the others in a batch would change an answer
    one.model = model
    if told.context:
        one.context = min(told.context, one.context or told.context)
    return one


def _adapter_of(one: OpenedModel) -> str:
    """What PEFT calls the adapter that a model was opened with; without a name, its base is asked."""
    return "default" if hasattr(one.model, "peft_config") else ""


def _engine(one: OpenedModel, told: Serve) -> Engine:
    model: Any = one.model
    return Engine(model, one.ends.every, told.rows, told.threads)
