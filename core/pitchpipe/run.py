"""A run: one recipe, from data to scores. Each step is a stage, done once and continued after a kill."""

import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe import ranks, report
from pitchpipe.atomic import write_json
from pitchpipe.console import Console
from pitchpipe.cost import cost
from pitchpipe.errors import PitchpipeError
from pitchpipe.finishing import Finisher
from pitchpipe.jobs import Score, Subject, Training
from pitchpipe.prepare import Inputs, prepare
from pitchpipe.prepared import Examples
from pitchpipe.provenance import Parts, digest_files, made_with, parts_of, parts_of_pitchpipe
from pitchpipe.recipe import Recipe, Use
from pitchpipe.render import Renderer
from pitchpipe.stages import Run, Stage
from pitchpipe.vocabulary import grow
from pitchpipe.workers import available

PREPARE = Stage("prepare", makes=("rows", "prepared", "ledger.jsonl"))
TRAIN = Stage("train", makes=("model",), half_done="checkpoints")
EVALUATE = {who: Stage(f"evaluate {who}", makes=(f"answers-{who}.jsonl",)) for who in ("base", "tuned")}

Result = dict[str, Any]
Log = Callable[[int, dict[str, float]], None]


def run(
    recipe: Recipe, folder: Path, console: Console, until: str = "evaluate", processes: int = 0
) -> Run | None:
    """Run a recipe in its directory as far as `until`: "prepare", "train" or "evaluate".

    Data is prepared in so many `processes`, 0 for as many as there are cores. Of several processes that a
    launcher started only the first has a run to return; the others join it to train.
    """
    if missing := recipe.missing():
        raise PitchpipeError("\n".join(missing))
    if not ranks.first():
        if ranks.wait(folder):
            _fit(recipe, folder, lambda step, values: None, Console(quiet=True))
        return None
    run = Run(folder, recipe, console.say)
    run.record |= made_with(recipe)
    run.record["recipe"] = os.path.abspath(recipe.path)
    write_json(folder / "recipe.json", recipe.data)
    inputs = Inputs(recipe)
    prepared = run.do(
        PREPARE, inputs.parts(), partial(_prepare, run, console, processes or available(), inputs)
    )
    report.rows(prepared, console)
    run.record["cost"] = cost(recipe, folder / "prepared", prepared)
    report.cost(run.record["cost"], console)
    run.save()
    trains = recipe.trainer and until != "prepare"
    parts = _train_parts(recipe, prepared) if trains else {}
    ranks.announce(folder, train=bool(trains) and not run.done(TRAIN, parts))
    if trains:
        report.trained(run.do(TRAIN, parts, partial(_train, run, console)), console)
    if recipe.evaluators and until == "evaluate":
        _evaluate_both(run, prepared, console)
    return run


# --- Prepare ------------------------------------------------------------------------------------


def _prepare(run: Run, console: Console, processes: int, inputs: Inputs) -> Result:
    folder = run.fresh("prepared")
    (run.path / "report.html").unlink(missing_ok=True)  # it was about other data
    result = prepare(run.recipe, run.path / "rows", folder, processes, console.bar, inputs)
    os.replace(folder / "ledger.jsonl", run.path / "ledger.jsonl")
    for split, needed, why in (
        ("train", run.recipe.trainer, "nothing is left to train on"),
        ("test", run.recipe.evaluators, "nothing is held out to evaluate on"),
    ):
        if needed and not result["splits"][split]["conversations"]:
            report.rows(result, console)
            raise PitchpipeError(f"{why}. Each row's reason stands in {run.path / 'ledger.jsonl'}")
    result["files"] = {split: digest_files(*sorted(folder.glob(f"{split}.*"))) for split in result["splits"]}
    run.keep("prepared")
    return result


# --- Train --------------------------------------------------------------------------------------


def _train(run: Run, console: Console) -> Result:
    for stale in ("scores.json", "answers-tuned.jsonl"):
        (run.path / stale).unlink(missing_ok=True)
    run.fresh("model")
    result = _fit(run.recipe, run.path, partial(_log, run, "train"), console)
    run.keep("model")
    shutil.rmtree(run.path / "checkpoints", ignore_errors=True)
    return result


def _fit(recipe: Recipe, folder: Path, log: Log, console: Console) -> Result:
    """Train, in every process of the run; the result lies in model.new."""
    fitted = Finisher(recipe)
    tokenizer, renderer = fitted.tokenizer, fitted.renderer
    assert recipe.model and recipe.collator and recipe.trainer and renderer
    with console.waiting("loading the model"):
        model = grow(recipe.model.bound.weights(), tokenizer, renderer.added)
        model = recipe.adapter.bound(model) if recipe.adapter else model
    training = Training(
        model=model,
        tokenizer=tokenizer,
        train=Examples(folder / "prepared", "train"),
        validation=Examples(folder / "prepared", "validation"),
        collate=recipe.collator.bound,
        folder=folder / "model.new",
        checkpoints=folder / "checkpoints",
        log=log,
        console=console,
    )
    result = recipe.trainer.bound(training) or {}
    if ranks.first():
        _save_for_serving(training, renderer)
    return result


def _save_for_serving(training: Training, renderer: Renderer) -> None:
    """What a server needs to speak as training did: the chat template, and the tokens that end a reply."""
    tokenizer, settings = training.tokenizer, training.model.generation_config
    stop = tokenizer.convert_tokens_to_ids(renderer.stop)
    settings.eos_token_id = sorted({stop, tokenizer.eos_token_id} - {None})
    settings.pad_token_id = tokenizer.pad_token_id
    settings._from_model_config = False  # else Transformers would take these back from the model's config
    tokenizer.chat_template = renderer.chat_template
    if "eos_token" not in (tokenizer.chat_template or ""):  # one that writes it means the model's own
        tokenizer.eos_token = renderer.stop
    if tokenizer.chat_template is None:
        training.console.say(
            "[yellow]warning:[/] the template offers no `jinja`: the model is saved without a chat template"
        )
    tokenizer.save_pretrained(training.folder)
    settings.save_pretrained(training.folder)


def _train_parts(recipe: Recipe, prepared: Result) -> Parts:
    parts = {f"prepared {split}": prepared["files"][split] for split in ("train", "validation")}
    return parts | _parts(
        recipe, recipe.model, recipe.template, recipe.collator, recipe.adapter, recipe.trainer
    )


def _parts(recipe: Recipe, *uses: Use | None) -> Parts:
    """What these components are, what the model is, and pitchpipe itself."""
    parts = parts_of_pitchpipe()
    for use in uses:
        parts |= parts_of(use, recipe) if use else {}
    model = recipe.model.bound.inputs() if recipe.model else {}
    return parts | {f"the model's {name}": value for name, value in model.items()}


def _log(run: Run, stage: str, step: int, values: dict[str, float]) -> None:
    run.host.notify("on_log", run=run, stage=stage, step=step, values=values)


# --- Evaluate -----------------------------------------------------------------------------------


def _evaluate_both(run: Run, prepared: Result, console: Console) -> None:
    """The base model beside the tuned one, on the same held-out conversations."""
    scores = {}
    for who, stage in EVALUATE.items():
        if who == "base" or run.recipe.trainer:
            parts = _evaluate_parts(run, prepared, who)
            scores[who] = run.do(stage, parts, partial(_evaluate, run, console, who))
    write_json(run.path / "scores.json", scores)
    report.scores(run, scores, console)


def _evaluate(run: Run, console: Console, who: str) -> Result:
    recipe, fitted = run.recipe, Finisher(run.recipe)
    assert recipe.model and recipe.collator and fitted.renderer
    test = Examples(run.path / "prepared", "test")
    with console.waiting(f"loading the {who} model"):
        model = _loaded(run, fitted, who == "tuned")
    subject = Subject(model, fitted.tokenizer, fitted.renderer, test, recipe.collator.bound, console)
    scores: dict[str, Score] = {}
    for use in recipe.evaluators:
        for name, score in use.bound(subject).items():
            scores[name if name not in scores else f"{use.label} {name}"] = score
    with open(run.path / f"answers-{who}.jsonl", "wb") as file:
        file.writelines(msgspec.json.encode(answer) + b"\n" for answer in subject.answers)
    return {name: asdict(score) for name, score in scores.items()}


def _loaded(run: Run, fitted: Finisher, tuned: bool) -> Any:
    """The base model, or the tuned one: all weights of its own, or an adapter on the base."""
    recipe, folder = run.recipe, run.path / "model"
    assert recipe.model and fitted.renderer
    if tuned and not recipe.adapter:
        return recipe.model.bound.weights(folder)
    model = grow(recipe.model.bound.weights(), fitted.tokenizer, fitted.renderer.added)
    return recipe.adapter.bound.load(model, folder) if tuned and recipe.adapter else model


def _evaluate_parts(run: Run, prepared: Result, who: str) -> Parts:
    recipe = run.recipe
    parts = _parts(recipe, recipe.model, recipe.template, recipe.collator, *recipe.evaluators)
    parts |= {"prepared test": prepared["files"]["test"]}
    return parts | (_train_parts(recipe, prepared) if who == "tuned" else {})
