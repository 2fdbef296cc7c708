"""Every door into pitchpipe. A plugin is any module that defines some of these functions.

Each `register_<kind>` is called once, when plugins load. It offers components:

    register(name, component, needs=("trl",), extra="train")

`needs` names modules that must be installed before the component can work, `extra` the extra of the
plugin's own distribution that brings them. A component is a callable, and its signature is its
schema: the keyword-only parameters of a function, or the parameters of a class, are its recipe
options. A class is made once per recipe, with its options; a ValueError that it raises is shown at
its line of the recipe.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from pitchpipe.recipe import Recipe
    from pitchpipe.stages import Run

hookspec, hookimpl = pluggy.HookspecMarker("pitchpipe"), pluggy.HookimplMarker("pitchpipe")

Register = Callable[..., None]

# A component's kind as `pitchpipe show` and errors name it, and the hook that offers it.
KINDS = {
    "loader": "register_loaders",
    "format": "register_formats",
    "filter": "register_filters",
    "embedder": "register_embedders",
    "template": "register_templates",
    "collator": "register_collators",
    "model": "register_models",
    "adapter": "register_adapters",
    "trainer": "register_trainers",
    "evaluator": "register_evaluators",
}


# --- Data ---------------------------------------------------------------------------------------


@hookspec
def register_loaders(register: Register) -> None:
    """loader(**options) -> iterator of Row, or of plain dicts. It knows nothing of formats.

    A loader with a method `inputs() -> list[Path]` names the files it reads. They are hashed, so that
    a run knows whether they changed; without it, its data is read anew on every run. One with a method
    `parts()` can be read in parallel: an iterator of picklable objects, each a few thousand rows that
    its method `rows()` yields, cut the same way whatever machine it runs on.
    """


@hookspec
def register_formats(register: Register) -> None:
    """format(row: dict, **options) -> Conversation, pp.noted(conversation, ...) or pp.drop(reason).

    A format says where in a row the messages are. It may leave roles and contents as it finds them: the
    recipe's `repair` comes next. One with a method `matches(row: dict) -> int` takes part in detection,
    where the recipe names no format: how many of the row's keys it reads, 0 if the row is none of its own.
    """


@hookspec
def register_filters(register: Register) -> None:
    """filter(conversation, **options) -> the conversation, an edited one, pp.judged(conversation, ...),
    pp.noted(conversation, ...) or pp.drop(reason).

    A function is pure and runs in any process. A class with `__call__` may keep state and sees every
    conversation in order. One that compares conversations with each other has two methods instead:
    `sketch(conversations: list) -> list[bytes]` runs in any process and says in a few bytes what is to be
    compared; `compare(sketches) -> pp.Related` sees the sketches of all, and says which rows go because of
    which. A list of filters is a profile: `pp.profile([...])`.
    """


@hookspec
def register_embedders(register: Register) -> None:
    """embedder(texts: list[str], **options) -> a float32 array, one row of length 1 for each text."""


# --- From conversation to batch -----------------------------------------------------------------


@hookspec
def register_templates(register: Register) -> None:
    """pp.turns(...), or template(conversation, **options) -> iterator of Piece(text, learn, control).

    Text is data unless `control` says that it is the template's own: only there can a control token
    be written. `{bos}` and `{eos}` in control text become the tokenizer's own. What a server's prompt does
    not hold of a reply is learned, and a message's own `learn` goes before that: `message.parts(True)` gives
    a reply's words with what is learned of them. A template names its `tokens` (its control tokens, added to
    a tokenizer that lacks them) and its `stop`, and gives the Jinja source of the chat template that is
    saved with the model: `jinja(bos, eos) -> str`.

    One that must see the tokenizer has a method `fit(tokenizer)`, which returns the template to use. One that
    is several names in `serving` the one that models are asked with. One that can keep reasoning by more than
    one rule has `with_reasoning(rule)`. The options `learn` and `reasoning` are every template's: pitchpipe
    sees to them.
    """


@hookspec
def register_collators(register: Register) -> None:
    """collator(examples, pad, **options) -> dict of tensors. `pad` is the id that fills the gaps.

    A collator's `length` is the most tokens that a row may have, its `too_long`, a `pp.TooLong`, what happens
    to a conversation that has more: "drop" it, "cut_end" or "cut_start" by whole exchanges, "split" it into
    several, or "stop" the run.

    A collator that puts several conversations into a row has three methods more. `plan(lengths, seed, epoch)`
    gives the rows of an epoch, a sequence of lists of example numbers: each example once, and as many rows
    in every epoch. `join(examples, pad)` makes one batch of all examples of some rows. `isolated(model)` is a
    context in which the model keeps them apart; on entering it proves that it does or raises PitchpipeError,
    and gives a dict of texts for people, whose "attention" says what does it. The collator itself is called
    where each conversation's own numbers are wanted, and gives them a row each.
    """


# --- Training -----------------------------------------------------------------------------------


@hookspec
def register_models(register: Register) -> None:
    """A class of three methods: `tokenizer()`, `weights(saved=None)` (the base model, or the one saved in
    a folder) and `inputs()` (what decides both: a dict of two texts, "tokenizer" and "weights", which enter
    the keys of the run's stages)."""


@hookspec
def register_adapters(register: Register) -> None:
    """A class that is called with a model and returns the one to train, wrapped; its method
    `load(model, folder)` puts a saved adapter on a model. `model.new_tokens` are the ids of tokens that were
    added for the template: an adapter trains their rows as well."""


@hookspec
def register_trainers(register: Register) -> None:
    """trainer(training: Training, **options) -> dict that the run records, or None.

    It trains `training.model`, saves it into `training.folder`, continues from `training.checkpoints` and
    reports through `training.log`. A trainer with a method `epoch(lengths, collator, processes)` tells what
    a pass over the data takes, as an `Epoch`, and `prepare` ends with it.
    """


# --- Evaluation ---------------------------------------------------------------------------------


@hookspec
def register_evaluators(register: Register) -> None:
    """evaluator(subject: Subject, **options) -> dict of name to Score. It is called for the base model
    and for the tuned one, with the same held-out conversations."""


# --- Watching a run. Called once a stage or log line, never per example. Nothing is returned, order
# --- means nothing, and an observer that crashes is reported while the run goes on.


@hookspec
def on_recipe_loaded(recipe: "Recipe") -> None:
    """The recipe is sound and nothing heavy is imported yet."""


@hookspec
def on_stage_end(run: "Run", stage: str, result: dict[str, Any], seconds: float) -> None:
    """A stage of the run ("prepare", "train", "evaluate base", "evaluate tuned") has just been done."""


@hookspec
def on_log(run: "Run", stage: str, step: int, values: dict[str, float]) -> None:
    """A stage reports numbers: loss, learning rate and the like."""
