"""The page of the results, for the one who has started the comparison: it names the models."""

from pathlib import Path

from pitchpipe_tools.compare.outcome import VoteOutcome
from pitchpipe_tools.compare.told import sentences, tables
from pitchpipe_tools.html.frame import STYLE, page
from pitchpipe_tools.html.markup import element, table


def results_page(outcome: VoteOutcome, names: list[str], votes: Path) -> str:
    """All tables. It holds model's names, so raters do not get the link."""
    parts = [
        element("section", element("h2", title), table(head, rows)) for title, head, rows in tables(outcome)
    ]
    words = [element("p", line) for line in sentences(outcome)]
    return page(
        name=" against ".join(names),
        title="votes",
        subtitle="What raters say so far. It names the models, so it is not for raters. It renews itself.",
        links=[],
        links_label="Results",
        content=[*words, *parts],
        styles=[STYLE],
        footer=f" The votes lie in {votes}.",
    )
