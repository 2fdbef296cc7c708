"""The section about the models: what both scored on the conversations that were held out."""

from pitchpipe.host.scoring import Score
from pitchpipe_tools.html.markup import Markup, element, table
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.report.model_scores import ModelScores, worse


def results(models: ModelScores) -> Markup:
    """A line for each score. A line in which the tuned model is worse is highlighted."""
    names = list(dict.fromkeys(name for scores in models.values() for name in scores))
    bad = worse(models)
    marked = {index for index, name in enumerate(names) if name in bad}
    rows = [
        [name.replace("_", " "), *(_cell(scores.get(name)) for scores in models.values())] for name in names
    ]
    return table(["score", *models], rows, marked=marked)


def _cell(score: Score | None) -> list[object]:
    if score is None:
        return [""]
    known = score.low is not None and score.high is not None
    interval = f"{_written(score, score.low)} to {_written(score, score.high)}" if known else ""
    return [score_in_words(score), element("small", interval) if interval else None]


def score_in_words(score: Score) -> str:
    return "not a number" if score.value is None else _written(score, score.value)


def _written(score: Score, value: float | None) -> str:
    return f"{100 * (value or 0):.1f}%" if score.is_share else number(value)
