"""The stage `train`."""

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.host.protocols import NamesFiles
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.directory import Run
from pitchpipe.run.keys import KeyParts, digest_files, parts_of
from pitchpipe.run.stage import Stage
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.model.sections import ADAPTER
from pitchpipe_stages.prepare.result import SPLITS
from pitchpipe_stages.prepare.stage import PREPARE
from pitchpipe_stages.render.sections import COLLATOR, MODEL
from pitchpipe_stages.train import ranks, resuming
from pitchpipe_stages.train.crew import crew
from pitchpipe_stages.train.launch import LAUNCH
from pitchpipe_stages.train.records import Records, catch_up
from pitchpipe_stages.train.samples import FILE as SAMPLES
from pitchpipe_stages.train.sections import REWARDS, TRACKERS, TRAINER

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from pitchpipe_stages.model.ends import Ends
    from pitchpipe_stages.model.load import RecipeModel
    from pitchpipe_stages.render.rendering import Rendering
    from pitchpipe_stages.train.training import RecipeTraining

Trained = dict[str, int | float | str]  # what the trainer reports


class Train(Stage[Trained]):
    """Trains the model on the prepared data. It is keyed by what `prepare` wrote, not by how."""

    name = "train"
    after = ("prepare",)
    sections = (ADAPTER, TRAINER, REWARDS, TRACKERS, LAUNCH)
    makes = ("model",)
    keeps = (
        "model", "scores.json", "answers-tuned.jsonl", "measured-tuned.jsonl", "contaminated.jsonl", SAMPLES,
    )  # fmt: skip
    half_done = "checkpoints"
    rooms = (
        *PREPARE.rooms, "pitchpipe_stages.model", "pitchpipe_stages.generate", "pitchpipe_stages.merge",
        "pitchpipe_stages.train",
    )  # fmt: skip

    def wanted(self, recipe: Recipe) -> bool:
        return recipe[TRAINER] is not None

    def key(self, run: Run) -> KeyParts:
        return train_parts(run)

    def work(self, run: Run) -> Trained:
        for stale in ("scores.json", "answers-tuned.jsonl"):
            (run.path / stale).unlink(missing_ok=True)
        if not (run.path / self.half_done).exists():
            (run.path / SAMPLES).unlink(missing_ok=True)
        run.fresh("model")
        try:
            with Records(run, self.name) as records, crew(run):
                result = _fit(run, run.console, records)
        except KeyboardInterrupt:
            step = resuming.reached(run.recipe, run.path / self.half_done)
            raise KeyboardInterrupt(step or "the beginning of training") from None
        run.keep("model")
        shutil.rmtree(run.path / "checkpoints", ignore_errors=True)
        return result

    def goes_on(self, run: Run, changed: list[str]) -> tuple[bool, str]:
        return resuming.goes_on(run.recipe, run.path / self.half_done, changed)

    def begins(self, run: Run, done: bool) -> None:
        ranks.announce(begins=not done)
        if done:
            catch_up(run)

    def join(self, run: Run) -> None:
        if ranks.wait(run.path):
            with crew(run):
                _fit(run, RichConsole(quiet=True), None)

    def foretell(self, run: Run) -> None:
        from pitchpipe_stages.train.cost import cost
        from pitchpipe_stages.train.summary import show_cost

        found = cost(run.recipe, run.path / "prepared", run.result(PREPARE))
        run.note(cost=found.plain() if found else {})
        if found:
            show_cost(found, run.console)

    def tell(self, run: Run, result: Trained) -> None:
        from pitchpipe_stages.train.summary import show_trained

        show_trained(result, run.console)


TRAIN = Train()


def train_parts(run: Run) -> KeyParts:
    """What decides the trained model."""
    from pitchpipe_stages.model.load import model_parts

    recipe, files = run.recipe, run.result(PREPARE).files
    parts = {f"prepared {side}": files[side] for side in ("train", "validation")} | model_parts(recipe)
    for use in filter(None, (recipe[ADAPTER], recipe[TRAINER], *recipe[REWARDS])):
        parts |= resuming.trainer_parts(use, recipe) if use is recipe[TRAINER] else parts_of(use, recipe)
        if isinstance(use.bound, NamesFiles):
            parts[f"{use.component.kind} {use.label}'s files"] = digest_files(*use.bound.inputs())
    return parts


@dataclass
class Begun:
    """All that is there before the first step."""

    training: "RecipeTraining"
    loader: "RecipeModel"
    rendering: "Rendering"
    ends: "Ends"


def begin(run: Run, console: Console, records: Records | None) -> Begun:
    """Load the model on the prepared data, and stop where training would crash or lose its result."""
    from pitchpipe_stages.console import escape
    from pitchpipe_stages.model.ends import Ends
    from pitchpipe_stages.model.load import RecipeModel
    from pitchpipe_stages.model.trained import trained
    from pitchpipe_stages.prepare.examples import PreparedExamples
    from pitchpipe_stages.render.rendering import Rendering
    from pitchpipe_stages.render.suits import must_suit
    from pitchpipe_stages.train.probe import Probe
    from pitchpipe_stages.train.proofs import FirstBatch
    from pitchpipe_stages.train.rewards import Rewarder
    from pitchpipe_stages.train.training import RecipeTraining
    from pitchpipe_stages.train.tries import Tries

    recipe, rendering = run.recipe, Rendering.of(run.recipe)
    collator, trainer = recipe[COLLATOR], recipe[TRAINER]
    assert recipe[MODEL] and collator and trainer and rendering
    if not ranks.joins():
        _read_alike(run, rendering)
    with console.waiting("loading the model"):
        loader = RecipeModel(recipe, rendering)
        model = loader.to_train()
    must_suit(model.config.is_encoder_decoder, collator)
    _check(run, loader, model, rendering.tokenizer, console)
    console.say(f"[dim]{escape(trained(model))}[/]")
    ends = Ends.of(model, rendering.tokenizer, rendering.renderer)
    sides = [PreparedExamples(run.path / "prepared", side) for side in ("train", "validation")]
    judge = Rewarder(recipe[REWARDS])
    judge.tell(sides[0], rendering.tokenizer, getattr(trainer.bound, "max_new_tokens", None), console)
    training = RecipeTraining(
        model=model,
        tokenizer=rendering.tokenizer,
        new_tokens=loader.new_tokens,
        train=sides[0],
        validation=sides[1],
        collator=collator.bound,
        folder=run.path / "model.new",
        checkpoints=run.path / "checkpoints",
        report=records.log if records else lambda step, values: None,
        console=console,
        first=FirstBatch(rendering.tokenizer, rendering.renderer.stop_ids, sides[0]),
        prober=Probe(
            run.path, sides[::-1], rendering.tokenizer, rendering.renderer, ends.every, console, records
        ),
        rates=loader.rates(model),
        rewards=judge.weights,
        trying=Tries(run.path, rendering.tokenizer, ends.every, judge, console, records),
    )
    return Begun(training, loader, rendering, ends)


def _fit(run: Run, console: Console, records: Records | None) -> Trained:
    """Train, in every process of the run; the result lies in model.new. Only the first one keeps records."""
    from pitchpipe_stages.merge.in_place import merge_in_place
    from pitchpipe_stages.merge.prompts import probe_prompts
    from pitchpipe_stages.model.finite import saved_holds_numbers
    from pitchpipe_stages.model.serving_files import save_for_serving
    from pitchpipe_stages.train.sharing import each_alone

    begun, trainer = begin(run, console, records), run.recipe[TRAINER]
    assert trainer
    training, loader = begun.training, begun.loader
    model, rendering, ends = training.model, begun.rendering, begun.ends
    result = trainer.bound(training) or {}
    each_alone()
    if not ranks.joins():
        training.prober.conclude()
        saved_holds_numbers(training.folder)
        if loader.merges(model):
            merge_in_place(training, loader, ends, probe_prompts(rendering.renderer, run.path / "prepared"))
        defaults, home, before = run.result(PREPARE).defaults(), run.path / "model", loader.before
        save_for_serving(training, rendering.renderer, ends, before.rows, home, defaults, before.search)
    return result


def _read_alike(run: Run, rendering: "Rendering") -> None:
    """Stop where the data was made with a tokenizer that is not the one which is here: preparing loads it
    without torch."""
    if run.result(PREPARE).tokenizer.digest != rendering.digest():
        raise PitchpipeError(
            "the model's tokenizer is not the one that the data was prepared with: its code gives another one"
            " where it finds no torch.\nPrepare the data with torch:"
            f" rm -r {run.path / 'rows'} {run.path / 'prepared'}, then pitchpipe prepare with --workers 1"
        )


def _check(
    run: Run,
    loader: "RecipeModel",
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerFast",
    console: Console,
) -> None:
    """Stop before the first step where training would crash or lose its result; tell what may go wrong."""
    from pitchpipe_stages.console import escape
    from pitchpipe_stages.model import fits
    from pitchpipe_stages.model.finite import base_holds_numbers
    from pitchpipe_stages.model.search import take_out_search
    from pitchpipe_stages.model.settings import make_saveable
    from pitchpipe_stages.prepare.examples import PreparedExamples

    base_holds_numbers(model)
    sides = [PreparedExamples(run.path / "prepared", side) for side in SPLITS]
    fits.must_fit(loader.before, tokenizer, loader.new_tokens, sides)
    settings = model.generation_config
    notes = fits.warnings(loader.before, tokenizer, loader.new_tokens, sides) + loader.notes(model)
    for note in filter(None, [*notes, take_out_search(settings), make_saveable(settings)]):
        console.say(f"[yellow]warning:[/] {escape(note)}")
    if loader.unread:
        names = ", ".join(map(str, tokenizer.convert_ids_to_tokens(loader.unread)))
        console.say(f"[dim]never read by the base, so learned with the adapter: {escape(names)}[/]")
