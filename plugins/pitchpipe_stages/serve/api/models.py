"""GET /v1/models: the names that clients may ask, as OpenAI and vLLM list them."""

from msgspec import UNSET, Struct, UnsetType

from pitchpipe.errors import suggest
from pitchpipe.host.serving import Declined
from pitchpipe_stages.serve.embedded import EmbeddedModel
from pitchpipe_stages.serve.service import ServingService


class ServedCard(Struct):
    """`root` is what it is made of; `parent` the model that an adapter is worn by."""

    id: str
    created: int
    object: str = "model"
    owned_by: str = "pitchpipe"
    root: str | UnsetType = UNSET
    parent: str | UnsetType | None = UNSET
    max_model_len: int | UnsetType = UNSET


class ModelList(Struct):
    data: list[ServedCard]
    object: str = "list"


def cards(service: ServingService, since: int) -> ModelList:
    """All models. One of which it is not known when it was made is as old as the server."""
    return ModelList([_card(service, name, since) for name in service.names])


def card(service: ServingService, name: str, since: int) -> ServedCard:
    if name not in service.names:
        message = f"there is no model '{name}'.{suggest(name, service.names)}"
        raise Declined(404, message, "model", "model_not_found")
    return _card(service, name, since)


def _card(service: ServingService, name: str, since: int) -> ServedCard:
    card = ServedCard(name, since, root=name, parent=None)
    if (place := service.places.get(name)) and place.exists():
        card.created = int(place.stat().st_mtime)
    if model := service.embedded.get(name):
        card.parent = _base(service, model)
        card.max_model_len = model.opened.context or UNSET
    return card


def _base(service: ServingService, worn: EmbeddedModel) -> str | None:
    """The name of the model that wears an adapter, where it is served too."""
    for name, model in service.embedded.items():
        bare = model.opened.without_adapter or not model.adapter
        if worn.adapter and model is not worn and model.engine is worn.engine and bare:
            return name
    return None
