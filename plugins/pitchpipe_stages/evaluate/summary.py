"""The summary of an evaluation: the base model beside the tuned one."""

from itertools import islice

import msgspec

from pitchpipe.host.scoring import Score
from pitchpipe.run.directory import Run
from pitchpipe_stages.console import escape, shortened
from pitchpipe_stages.evaluate.evaluated import Evaluated
from pitchpipe_stages.evaluate.sections import EVALUATORS

SHOWN = 3  # questions with both models' answers


def show_scores(run: Run, evaluation: Evaluated) -> None:
    """Show the scores of both models, and some answers."""
    models = evaluation.models
    names = list(dict.fromkeys(name for found in models.values() for name in found))
    lines = [
        [
            name.replace("_", " "),
            *(shown(scores[name]) if name in scores else "" for scores in models.values()),
        ]
        for name in names
    ]
    run.console.table("Scores on held-out conversations (95 % interval)", ["", *models], lines)
    for use in run.recipe[EVALUATORS]:
        run.console.say(f"[dim]{escape(use.label)}: {escape(use.component.summary)}[/]")
    if len(models) > 1:
        _answers(run, list(models))


def shown(score: Score) -> str:
    """A score with the interval in which it lies."""

    def number(value: float) -> str:
        if score.is_share:
            return f"{100 * value:.1f}"
        if value >= 1e6:
            return f"{value:.1e}"
        return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"

    if score.value is None or score.value != score.value:
        return "not a number"
    unit = " %" if score.is_share else ""
    known = score.low is not None and score.high is not None
    around = f"  ({number(score.low or 0)} to {number(score.high or 0)})" if known else ""
    return f"{number(score.value)}{unit}{around}"


def _answers(run: Run, models: list[str]) -> None:
    """Show what both models say to the first held-out prompts."""
    files = [run.path / f"answers-{model}.jsonl" for model in models]
    if not all(file.exists() and file.stat().st_size for file in files):
        return
    pairs = zip(*(map(msgspec.json.decode, file.open("rb")) for file in files), strict=False)
    lines = [
        [shortened(b["prompt"], 36), shortened(b["said"], 36), shortened(t["said"], 36)]
        for b, t in islice(pairs, SHOWN)
    ]
    run.console.table("\nFor instance", ["asked", "base says", "tuned says"], lines, left=3)
