"""Models that teachers ask in this process: opened once, when they are first asked."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pitchpipe.host.contracts import Ask, Console, Reply, Sampling, Usage
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe.run.keys import digest, digest_files
from pitchpipe_stages.generate.batch import Manner, spoken
from pitchpipe_stages.generate.drawing import Halts
from pitchpipe_stages.generate.opened import ContextFull, OpenedModel, is_beside, opened, recipe_at
from pitchpipe_stages.generate.requests.abilities import TakesModels
from pitchpipe_stages.generate.requests.sections import TEACHERS
from pitchpipe_stages.model.load import RecipeModel
from pitchpipe_stages.prepare.on_hub import commits
from pitchpipe_stages.render.rendering import Rendering
from pitchpipe_stages.render.sections import MODEL, TEMPLATE

PLACE = ("folder", "name", "revision")  # options that say where a model lies
Question = tuple[int, Ask, list[int]]  # its number, itself, and its ids


class ModelsInProcess:
    """Opens models by their place; `base` opens that of the recipe."""

    def __init__(
        self,
        recipe: Recipe,
        base: Callable[[], OpenedModel] | None = None,
        console: Console | None = None,
    ):
        self.recipe, self.base, self.console = recipe, base, console
        self._open: dict[str, OpenedModel] = {}
        self._identities: dict[str, str] = {}
        self._halts = Halts()

    def identity(self, place: str) -> str:
        if place not in self._identities:
            self._identities[place] = _identity(recipe_at(place) if place else self.recipe, place)
        return self._identities[place]

    def stop(self) -> None:
        self._halts.halted = True

    def answers(self, place: str, asks: Sequence[Ask]) -> list[Reply]:
        if place not in self._open:
            assert self.base and self.console
            self._open[place] = opened(place, self.console) if place else self.base()
        model, found = self._open[place], dict[int, Reply]()
        alike: dict[Manner, list[Question]] = {}
        for number, ask in enumerate(asks):
            ids = model.text(ask.raw) if ask.raw else model.prompt(_conversation(ask))
            try:
                manner = _manner(ask, model.room(len(ids)))
                alike.setdefault(manner, []).append((number, ask, ids))
            except ContextFull as full:
                found[number] = Reply("", "failed", problem=str(full), usage=Usage(0, 0))
        for manner, batch in alike.items():
            found |= _replies(model, manner, batch, self._halts)
        return [found[number] for number in range(len(asks))]


def take_models(recipe: Recipe, console: Console) -> None:
    """Gives models to those of the recipe's teachers that are some, where nothing else is open."""
    models = ModelsInProcess(recipe, lambda: _own_base(recipe, console), console)
    for use in recipe[TEACHERS]:
        if isinstance(use.bound, TakesModels):
            use.bound.take(models)


def _own_base(recipe: Recipe, console: Console) -> OpenedModel:
    rendering = Rendering(recipe)
    loader = RecipeModel(recipe, rendering)
    with console.waiting("loading the base model"):
        return OpenedModel(recipe, rendering, loader, loader.base(), None)


def base_beside(model: OpenedModel, tuned: bool) -> OpenedModel:
    """The base of the model that is scored: in the same memory where it can be."""
    if not tuned:
        return model
    if is_beside(model.model):
        return replace(model, without_adapter=True)
    return replace(model, model=model.loader.base())


def _identity(recipe: Recipe, place: str) -> str:
    """The weights and how they are asked; where they lie does not matter."""
    model, template = recipe[MODEL], recipe[TEMPLATE]
    assert model and template
    options = {name: value for name, value in model.options.items() if name not in PLACE}
    asked = (model.name, options, template.name, template.options, model.bound.inputs(), commits([model]))
    files = sorted(file for file in _folder(place).glob("*") if file.is_file()) if place else []
    return digest(*asked, digest_files(*files))


def _folder(place: str) -> Path:
    """The files of a model; those of a run lie in a folder of it."""
    return Path(place) / "model" if (Path(place) / "model").is_dir() else Path(place)


def _conversation(ask: Ask) -> Conversation:
    return Conversation(tuple(Message(one["role"], one["content"]) for one in ask.messages))


def _manner(ask: Ask, room: int) -> Manner:
    how = Sampling(ask.temperature, ask.top_p if ask.temperature else 1.0)
    return Manner(how, min(ask.max_tokens, room), tuple(ask.stop), bool(ask.raw), ask.logprobs)


def _seed(ask: Ask) -> str:
    """Of what is asked: with more tokens, or another temperature, chance is the same."""
    return digest(list(ask.messages), ask.raw, ask.nth)


def _replies(model: OpenedModel, manner: Manner, batch: list[Question], halts: Halts) -> dict[int, Reply]:
    prompts, seeds = [ids for *_, ids in batch], [_seed(ask) for _, ask, _ in batch]
    found: dict[int, Reply] = {}
    for (number, _, ids), said in zip(batch, spoken(model, prompts, seeds, manner, halts), strict=True):
        usage, message = Usage(len(ids), len(said.ids)), said.message
        found[number] = Reply(
            message.content, "stop" if said.ended else "cut", usage=usage, reasoning=message.reasoning,
            logprobs=said.logprobs,
        )  # fmt: skip
    return found
