"""The section about the models: what both scored on the conversations that were held out."""

from pitchpipe_tools.html.markup import Markup, element, table
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.report.recorded import Recorded, RecordedScore


def results(found: Recorded) -> Markup:
    """A line for each score. A line in which the tuned model is worse is highlighted."""
    names = list(dict.fromkeys(name for scores in found.scores.values() for name in scores))
    marked = {index for index, name in enumerate(names) if name in found.worse()}
    columns = found.scores.values()
    rows = [[name.replace("_", " "), *(_cell(scores.get(name)) for scores in columns)] for name in names]
    return table(["score", *found.scores], rows, marked=marked)


def _cell(score: RecordedScore | None) -> list[object]:
    if score is None:
        return [""]
    known = score.low is not None and score.high is not None
    interval = f"{_written(score, score.low)} to {_written(score, score.high)}" if known else ""
    return [score_in_words(score), element("small", interval) if interval else None]


def score_in_words(score: RecordedScore) -> str:
    return "not a number" if score.value is None else _written(score, score.value)


def _written(score: RecordedScore, value: float | None) -> str:
    return f"{100 * (value or 0):.1f}%" if score.is_share else number(value)
