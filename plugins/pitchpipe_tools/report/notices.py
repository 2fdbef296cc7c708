"""What a reader must not miss, in sentences at the top of the page."""

from collections.abc import Iterator, Sequence

from pitchpipe_stages.evaluate.evaluated import Evaluated
from pitchpipe_stages.prepare.mix import too_often
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_tools.html.markup import Markup, element, with_code
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.report.answers.asked import AskedBoth
from pitchpipe_tools.report.training.lessons import Lessons

RISEN = 1.02  # times the lowest: less is chance


def notices(
    result: Prepared, found: Evaluated, asked: Sequence[AskedBoth], lessons: Lessons
) -> Markup | None:
    """A box of sentences, or nothing if all is well."""
    lines = [
        element("li", with_code(notice.rstrip(".") + ".")) for notice in _all(result, found, asked, lessons)
    ]
    if not lines:
        return None
    title = element("h2", "Look at this first", id="first")
    return element("section", title, element("ul", lines), class_="notices", aria_labelledby="first")


def _all(result: Prepared, found: Evaluated, asked: Sequence[AskedBoth], lessons: Lessons) -> Iterator[str]:
    if lessons:
        yield from _of_training(lessons)
    yield from _no_numbers(found)
    yield from _endless(asked)
    yield from result.warnings
    yield from _lost(result, " ".join(result.warnings))
    yield from too_often(result.mix)
    yield from _replies(result)
    if added := result.tokenizer.added:
        yield f"The tokenizer lacked these tokens, and training has to teach them: {', '.join(added)}"
    yield from result.tokenizer.notes


def _of_training(lessons: Lessons) -> Iterator[str]:
    if lessons.goes_on:
        yield f"Training goes on: step {lessons.step:,} has reported, and this page does not change by itself"
    elif not lessons.is_done:
        yield f"Training was stopped: step {lessons.step:,} is the last one that has reported"
    if any(loss != loss for _, loss in lessons.points("loss")):
        yield "The loss was not a number"
    if len(held_out := [point for point in lessons.points("eval_loss") if point[1] == point[1]]) > 1:
        (step, lowest), (_, last) = min(held_out, key=lambda point: point[1]), held_out[-1]
        if last > RISEN * lowest:
            words = f"{number(last)} at the end, {number(lowest)} at step {step:,}"
            yield f"The validation loss has risen: {words}"
    if (stops := lessons.points("stops")) and stops[-1][1] == 0:
        yield f"The model does not stop: no sample reply ended by itself at step {stops[-1][0]:,}"


def _no_numbers(found: Evaluated) -> Iterator[str]:
    for model, scores in found.models.items():
        for name, score in scores.items():
            if score.value is None:
                yield f"{name.replace('_', ' ')} of the {model} model is not a number"


def _endless(asked: Sequence[AskedBoth]) -> Iterator[str]:
    """Where most of the tuned model's answers had to be cut."""
    known = [one.said["tuned"].ended for one in asked if "tuned" in one.said]
    cut, ended = known.count(False), known.count(True)
    if cut > ended:
        counts = f"{number(cut)} of {number(cut + ended)} had to be cut"
        yield f"The tuned model does not end its replies: {counts}"


def _lost(result: Prepared, told: str) -> Iterator[str]:
    """The sources of which nothing is left, where no warning has told so."""
    for name, rows in result.rows.items():
        if not rows.kept and f"'{name}'" not in told:
            what = f"its {number(rows.read)} rows are all lost" if rows.read else "it has no rows"
            yield f"Nothing is learned from '{name}': {what}"


def _replies(result: Prepared) -> Iterator[str]:
    replies = result.replies + result.missed_replies
    if missed := result.missed_replies:
        yield f"{number(missed)} of {number(replies)} replies ({share(missed, replies)}) are not learned"
    if (ends := result.replies - result.stops) > 0:
        yield f"The ends of {number(ends)} of {number(result.replies)} replies are not learned"
