"""The stages `evaluate base` and `evaluate tuned`."""

from functools import partial
from typing import Literal

from pitchpipe.host.protocols import NamesFiles
from pitchpipe.host.scoring import Score
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.atomic import write_json
from pitchpipe.run.directory import Run
from pitchpipe.run.keys import KeyParts, as_parts, digest_files, own_parts, parts_of, plugin_parts
from pitchpipe.run.stage import Stage
from pitchpipe_stages.evaluate.evaluated import FILE, FOUND
from pitchpipe_stages.evaluate.measures import Measure, write_measures
from pitchpipe_stages.evaluate.sections import EVALUATORS, TUNED_MODEL
from pitchpipe_stages.generate.requests.decided import asked_parts
from pitchpipe_stages.generate.requests.sections import BUDGET, TEACHERS
from pitchpipe_stages.prepare.stage import PREPARE
from pitchpipe_stages.render.sections import COLLATOR
from pitchpipe_stages.train.records import Records
from pitchpipe_stages.train.sections import TRAINER
from pitchpipe_stages.train.stage import TRAIN, train_parts


class Evaluate(Stage[dict[str, Score]]):
    """Scores one model on the held-out conversations. The last of the two shows the scores of both."""

    rooms = (*TRAIN.rooms, "pitchpipe_stages.evaluate")
    result = dict[str, Score]

    def __init__(self, model: Literal["base", "tuned"]):
        self.model, self.tuned = model, model == "tuned"
        self.name = f"evaluate {model}"
        self.after = ("evaluate base",) if self.tuned else ("train",)
        self.sections = (TUNED_MODEL,) if self.tuned else (EVALUATORS, TEACHERS, BUDGET)
        made = (f"answers-{model}.jsonl", f"measured-{model}.jsonl", f"evaluating/{model}")
        self.makes = (*made, *[FOUND] * self.tuned)

    def wanted(self, recipe: Recipe) -> bool:
        tuned = recipe[TRAINER] is not None or recipe[TUNED_MODEL].model is not None
        return EVALUATORS in recipe and (tuned or not self.tuned)

    def key(self, run: Run) -> KeyParts:
        parts = self._asked(run) | {"prepared test": run.result(PREPARE).files["test"]}
        for use in run.recipe[EVALUATORS]:
            parts |= parts_of(use, run.recipe)
            if isinstance(use.bound, NamesFiles):
                parts[f"{use.label}'s files"] = digest_files(*use.bound.inputs())
        parts |= asked_parts(run.recipe, run.recipe[EVALUATORS])
        return parts | (_finder_parts(run.recipe) if self.tuned else {})

    def _asked(self, run: Run) -> KeyParts:
        """What decides the answers to any question."""
        from pitchpipe_stages.evaluate.given import GivenModel
        from pitchpipe_stages.model.load import model_parts

        if self.tuned and (given := GivenModel.of(run.recipe)):
            return given.parts()
        return model_parts(run.recipe) | (train_parts(run) if self.tuned else {})

    def work(self, run: Run) -> dict[str, Score]:
        from pitchpipe_stages.evaluate.contamination import find_contaminated
        from pitchpipe_stages.evaluate.given import GivenModel
        from pitchpipe_stages.evaluate.held_out import HeldOut
        from pitchpipe_stages.evaluate.memory import Memory
        from pitchpipe_stages.evaluate.served import served
        from pitchpipe_stages.evaluate.subject import RecipeSubject
        from pitchpipe_stages.generate.making.spent import spent_on_rows
        from pitchpipe_stages.generate.opened import OpenedModel
        from pitchpipe_stages.generate.requests.desk import Desk
        from pitchpipe_stages.model.fits import must_fit
        from pitchpipe_stages.model.load import RecipeModel
        from pitchpipe_stages.render.rendering import Rendering

        recipe, given = run.recipe, GivenModel.of(run.recipe) if self.tuned else None
        collator, rendering = recipe[COLLATOR], given.rendering if given else Rendering.of(recipe)
        assert collator and rendering
        with run.console.waiting(f"loading the {self.model} model"):
            loader = RecipeModel(given.recipe if given else recipe, rendering)
            if given:
                model = given.load(loader)
            else:
                model = loader.tuned(run.path / "model") if self.tuned else loader.base()
        test = HeldOut(run.path)
        if not self.tuned:  # training has asked the same
            must_fit(loader.before, rendering.tokenizer, loader.new_tokens, [test])
        trained = run.path / "model" if self.tuned else None
        folder, defaults = given.serves if given else trained, run.result(PREPARE).defaults()
        serving = partial(served, rendering.tokenizer, rendering.renderer, defaults, folder)
        known = own_parts(self, recipe) | as_parts(self._asked(run))
        memory = Memory(run.path / "evaluating" / self.model, known)
        desk = Desk(
            run, OpenedModel(recipe, rendering, loader, model, None), self.tuned, spent_on_rows(recipe)
        )
        subject = RecipeSubject(
            self.model, model, rendering.tokenizer, rendering.renderer, test, collator.bound, run.console,
            memory, serving, desk,
        )  # fmt: skip
        subject.alone = not TUNED.wanted(recipe)
        measures: dict[str, Measure] = {}
        for use in recipe[EVALUATORS]:
            for name, found in use.bound(subject).items():
                name = name if name not in measures else f"{use.label} {name}"
                measures[name] = Measure.of(name, found, use.label)
        if self.tuned:
            trained_in = run.path if recipe[TRAINER] else given.run if given else None
            find_contaminated(run, trained_in, test.conversations(), measures.values())
        write_measures(run.path / f"measured-{self.model}.jsonl", list(measures.values()))
        subject.write_answers(run.path / f"answers-{self.model}.jsonl", measures)
        subject.write_kept(run.path)
        scores = {name: one.score for name, one in measures.items()}
        if self.tuned:
            _record(run, {"base": run.result(BASE), "tuned": scores})
        return scores

    def tell(self, run: Run, result: dict[str, Score]) -> None:
        from pitchpipe_stages.evaluate.compare import evaluated
        from pitchpipe_stages.evaluate.summary import show_scores

        if self.tuned or not TUNED.wanted(run.recipe):
            evaluation = evaluated(run.path, ["base", "tuned"] if self.tuned else ["base"])
            write_json(run.path / FILE, evaluation)
            show_scores(run, evaluation)


def _finder_parts(recipe: Recipe) -> KeyParts:
    """Who finds items that stand in the training data."""
    from pitchpipe_stages.evaluate.contamination import finder

    found = finder(recipe)
    return plugin_parts(found.plugin) if found else {}


def _record(run: Run, scores: dict[str, dict[str, Score]]) -> None:
    """Tell the recipe's trackers the scores of both models."""
    named = {f"{model} {name}": s.value for model, found in scores.items() for name, s in found.items()}
    with Records(run, TUNED.name) as records:
        records.scores({name: value for name, value in named.items() if value is not None})


BASE, TUNED = Evaluate("base"), Evaluate("tuned")
