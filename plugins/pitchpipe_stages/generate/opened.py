"""Opens a model to ask it, in the very words of training: that of a run, of a folder, or of the hub."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.host.contracts import Console
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Conversation, Json
from pitchpipe_stages.console import escape
from pitchpipe_stages.generate import asking
from pitchpipe_stages.generate.adapter_folder import AdapterFolder
from pitchpipe_stages.generate.places import NoChatTemplate, recipe_for, recipe_of, run_of, variables_of
from pitchpipe_stages.model.before import Before
from pitchpipe_stages.model.ends import Ends
from pitchpipe_stages.model.load import RecipeModel
from pitchpipe_stages.model.scorer import scores
from pitchpipe_stages.render.beginning import text_ids
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rendering import Rendering
from pitchpipe_stages.render.sections import TEMPLATE

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


NO_TEMPLATE = "plain"  # stands where there is none: it has no control tokens of its own


class ContextFull(PitchpipeError):
    """A conversation that is longer than what the model reads."""

    def __init__(self, tokens: int, context: int):
        super().__init__(f"the conversation has {tokens:,} tokens, and the model reads {context:,}")
        self.tokens, self.context = tokens, context


@dataclass
class OpenedModel:
    """A model with its tokenizer, its template and its ends. `run` is where it was trained, if it was."""

    recipe: Recipe
    rendering: Rendering
    loader: RecipeModel
    model: "PreTrainedModel"
    run: Path | None
    variables: Json = field(default_factory=dict)  # what servers tell the chat template
    without_adapter: bool = False  # asked as its base, whose weights are in the same memory
    chats: bool = True  # else it has no chat template, and goes on with texts

    @property
    def tokenizer(self) -> "PreTrainedTokenizerFast":
        return self.rendering.tokenizer

    @property
    def renderer(self) -> Renderer:
        return self.rendering.renderer

    def release(self) -> None:
        """Forgets the model, so that another has room. What was found out about its ends stays."""
        _ = self.ends
        del self.model

    @cached_property
    def ends(self) -> Ends:
        """The tokens that end a reply: `ends.every`."""
        return Ends.of(self.model, self.tokenizer, self.renderer)

    @property
    def template(self) -> str:
        """The name of its template."""
        use = self.recipe[TEMPLATE]
        return use.name if use else ""

    @cached_property
    def context(self) -> int | None:
        """Tokens that the model reads, prompt and answer together, where it knows a most."""
        return Before.of(self.model).positions

    def prompt(self, conversation: Conversation) -> list[int]:
        """The ids that a server would give the model for the next reply."""
        try:
            return self.renderer.next_prompt(conversation, self.variables)
        except Quarantine as refusal:
            raise PitchpipeError(f"the template cannot write this conversation: {refusal}") from None

    def text(self, words: str) -> list[int]:
        """The ids of a text to go on with, begun as the tokenizer begins every text."""
        return text_ids(self.tokenizer, words)

    def room(self, taken: int) -> int:
        """How many tokens an answer may have behind a prompt of so many."""
        if self.context is None:
            return sys.maxsize
        if taken >= self.context:
            raise ContextFull(taken, self.context)
        return self.context - (1 if self.model.config.is_encoder_decoder else taken)

    @contextmanager
    def ready(self) -> "Iterator[PreTrainedModel]":
        """The model on its device, to be asked."""
        off = cast(Any, self.model).disable_adapter if self.without_adapter else nullcontext
        with asking.ready(self.model) as model, off():
            yield model


def opened(
    place: str, console: Console, tuned: bool = True, template: str = "", texts: bool = False
) -> OpenedModel:
    """The model of a run's directory, tuned or its base; of a model's folder; of an adapter's, tuned or its
    base; or of a name on the hub.

    A model's folder and a name hold one model, which is taken for the tuned one and for the base. `template`
    is for models that have none; `texts` are enough to go on with where none is named.
    """
    run, path = run_of(Path(place)), Path(place)
    if run and template:
        raise PitchpipeError(f"{place} is a run: its model is asked with the template of its training")
    with console.waiting(f"loading {'the base of ' * (not tuned)}{escape(place)}"):
        adapter = None if run else AdapterFolder.at(path)
        tokenizer = adapter.tokenizer if adapter else None
        recipe, chats = _recipe_at(place, template, texts)
        rendering = Rendering(recipe, tokenizer)
        loader = RecipeModel(recipe, rendering)
        if adapter and tuned:
            model = adapter.model(loader)
        else:
            model = loader.tuned(run / "model") if run and tuned else loader.base()
    if scores(model):
        raise PitchpipeError(f"{place} is a reward model: it scores replies, and has none to give")
    told = variables_of(run) if run else {}
    return OpenedModel(recipe, rendering, loader, model, run, told, chats=chats)


def _recipe_at(place: str, template: str, texts: bool) -> tuple[Recipe, bool]:
    """The recipe, and whether the model chats: any template serves where nobody will ask for a reply."""
    try:
        return recipe_at(place, template), True
    except NoChatTemplate:
        if not texts:
            raise
        return recipe_at(place, NO_TEMPLATE), False


def recipe_at(place: str, template: str = "") -> Recipe:
    """The recipe by which the model at a place is opened."""
    if run := run_of(Path(place)):
        return recipe_of(run)
    adapter = AdapterFolder.at(Path(place))
    return recipe_for(
        adapter.base if adapter else {}, place, template, adapter.tokenizer if adapter else None
    )


def base_of(one: OpenedModel, place: str, console: Console) -> OpenedModel | None:
    """The base of a model that is open, of the same place; nothing where it is no tuned model.

    An adapter that leaves the weights of its base as they are is switched off: nothing is loaded twice.
    """
    if not one.run and not AdapterFolder.at(Path(place)):
        return None
    if not is_beside(one.model):
        return opened(place, console, tuned=False)
    return OpenedModel(one.recipe, one.rendering, one.loader, one.model, one.run, one.variables, True)


def is_beside(model: Any) -> bool:
    """Whether a model is its base with an adapter that changes nothing of it while it is switched off."""
    settings = list(getattr(model, "peft_config", {}).values())
    return bool(settings) and all(
        one.peft_type in ("LORA", "IA3")
        and getattr(one, "bias", "none") == "none"
        and getattr(one, "init_lora_weights", True) in (True, False, "gaussian")
        for one in settings
    )
