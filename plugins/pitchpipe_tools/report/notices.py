"""What a reader must not miss, in sentences at the top of the page."""

from collections.abc import Iterator

from pitchpipe_stages.prepare.mix import too_often
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.report.results import ModelScores, worse


def notices(result: Prepared, results: ModelScores) -> Markup | None:
    """A box of sentences, or nothing if all is well."""
    found = [element("li", notice) for notice in (*_worse(results), *_data(result))]
    if not found:
        return None
    title = element("h2", "Look at this first", id="first")
    return element("section", title, element("ul", found), class_="notices", aria_labelledby="first")


def _worse(results: ModelScores) -> Iterator[str]:
    for name in worse(results):
        base, tuned = results["base"][name], results["tuned"][name]
        yield f"The tuned model is worse than the base model: {name.replace('_', ' ')} {tuned}, base {base}."


def _data(result: Prepared) -> Iterator[str]:
    for name, rows in result.rows.items():
        if not rows.kept:
            what = f"its {number(rows.read)} rows are all lost" if rows.read else "it has no rows"
            yield f"Nothing is learned from '{name}': {what}."
    yield from (f"{warning}." for warning in too_often(result.mix))
    replies = result.replies + result.missed_replies
    if missed := result.missed_replies:
        yield f"{number(missed)} of {number(replies)} replies ({share(missed, replies)}) are not learned."
    if (ends := result.replies - result.stops) > 0:
        yield f"The ends of {number(ends)} of {number(result.replies)} replies are not learned."
    if added := result.tokenizer.added:
        yield f"The tokenizer lacked these tokens, and training has to teach them: {', '.join(added)}."
    yield from result.tokenizer.notes
