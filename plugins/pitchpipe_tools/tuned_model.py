"""The last lines about a tuned model: what it is, where it lies, and whether it is better than its base."""

import msgspec

from pitchpipe.recipe.recipe import Use
from pitchpipe.run.directory import Run
from pitchpipe_stages.console import escape
from pitchpipe_stages.evaluate.endless import endless
from pitchpipe_stages.evaluate.evaluated import Evaluated, Upshot
from pitchpipe_stages.evaluate.stage import TUNED
from pitchpipe_stages.model.scorer import saved_scorer
from pitchpipe_stages.train.sections import TRAINER

ENDLESS = (
    "Served, it goes on until its limit. Give the evaluator more max_new_tokens if replies are long, or train"
    " for longer: pitchpipe peek RECIPE shows whether the ends of replies are learned."
)


def show_tuned(run: Run) -> None:
    """Show where the tuned model lies, and what its scores say of it."""
    trainer, folder = run.recipe[TRAINER], run.path / "model"
    if trainer is None or not folder.exists():
        return
    place, upshot = f"[bold]{escape(folder)}[/]", _upshot(run)
    if upshot.sentence:
        run.console.say(f"[{_colour(upshot)}]{escape(upshot.sentence)}[/]")
    if upshot.worse and not upshot.better:
        run.console.say(f"Do not serve it. It lies in {place}, {_kind(run)}. {escape(_cure(trainer))}")
        return
    if words := _endless(run):
        run.console.say(f"[bold red]The tuned model does not end its replies:[/] {words}")
        run.console.say(f"It lies in {place}, {_kind(run)}. {ENDLESS}")
        return
    ready = "ready to load or serve" if not upshot.worse else "and what got worse is yours to weigh"
    run.console.say(f"The tuned model, {ready}: {place}")
    run.console.say(f"[dim]{_kind(run)}[/]")


def _upshot(run: Run) -> Upshot:
    """What scores.json says of this run. Without evaluators in the recipe it is of another time."""
    evaluation = Evaluated.read(run.path) if TUNED.wanted(run.recipe) else None
    return evaluation.upshot if evaluation else Upshot()


def _colour(upshot: Upshot) -> str:
    """What got worse is as loud as what got better."""
    if upshot.worse:
        return "bold red"
    return "bold green" if upshot.better and not upshot.worse_groups else "yellow"


def _endless(run: Run) -> str:
    """How many answers to held-out prompts had to be cut, where they are most."""
    file = run.path / "answers-tuned.jsonl"
    if not TUNED.wanted(run.recipe) or not file.exists():
        return ""
    with open(file, "rb") as answers:
        cut, known = endless(answers)
    return f"{cut:,} of {known:,} answers to held-out prompts had to be cut" if cut > known / 2 else ""


def _kind(run: Run) -> str:
    """An adapter is nothing without its base."""
    if saved_scorer(run.path / "model"):
        return "a reward model: it scores replies (AutoModelForSequenceClassification, num_labels=1)"
    file = run.path / "model" / "adapter_config.json"
    if not file.exists():
        return "a whole model: it needs nothing beside its folder"
    base = msgspec.json.decode(file.read_bytes())["base_model_name_or_path"]
    return escape(f"an adapter: whoever loads it loads its base too, {base}")


def _cure(trainer: Use) -> str:
    rate = getattr(trainer.bound, "learning_rate", None)
    return "Try other data" + (f", or a learning rate below {rate:g}." if rate else ".")
