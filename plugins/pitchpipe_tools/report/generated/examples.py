"""Some rows, each with the way from its seed."""

from collections.abc import Iterator

from pitchpipe_stages.console import shortened
from pitchpipe_stages.generate.making.line import MadeLine
from pitchpipe_stages.generate.making.provenance import Provenance, WayStep
from pitchpipe_tools.html.markup import Markup, element
from pitchpipe_tools.message_lines import lines_of

SHOWN, WORDS = 4, 600  # rows, characters of a text


def examples(provenance: Provenance) -> list[Markup]:
    return [_example(provenance.way(line)) for line in _chosen(provenance)]


def _chosen(provenance: Provenance) -> Iterator[MadeLine]:
    """The first row of each kind of way, the longest ways first."""
    kinds: dict[tuple[str, ...], MadeLine] = {}
    for line in provenance.rows:
        kinds.setdefault(tuple(map(_name, provenance.steps(line))), line)
    longest = sorted(kinds, key=len, reverse=True)
    yield from (kinds[kind] for kind in longest[:SHOWN])


def _example(way: list[WayStep]) -> Markup:
    steps = [element("li", element("b", _name(step.line)), _told(step), _said(step)) for step in way]
    return element("article", element("ol", steps, class_="steps"), class_="answer example")


def _name(line: MadeLine) -> str:
    if not line.made:
        return "seed"
    parts = [line.made.generator, line.made.operator, f"round {line.made.round}" if line.made.round else ""]
    return ", ".join(filter(None, parts))


def _told(step: WayStep) -> Markup | None:
    made = step.line.made
    if not made:
        return None
    asked = len(step.exchanges)
    words = f" · {made.answered_model or made.asked_model}"
    words += f" · {asked} question{'s' * (asked != 1)}" + (
        f" · shown {len(step.shown)} others" if step.shown else ""
    )
    return element("small", words)


def _said(step: WayStep) -> list[Markup]:
    return [
        element("p", element("small", f"{what.strip()} "), shortened(words, WORDS), dir="auto")
        for message in step.line.messages
        for what, words in lines_of(message)
    ]
