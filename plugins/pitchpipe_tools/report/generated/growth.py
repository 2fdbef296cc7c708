"""How instructions grow while they are evolved."""

from collections import defaultdict
from statistics import mean

from pitchpipe_stages.generate.making.line import MadeLine
from pitchpipe_stages.generate.making.provenance import Provenance
from pitchpipe_tools.html.markup import Markup, table
from pitchpipe_tools.html.numbers import number


def growth(provenance: Provenance) -> Markup | None:
    """A line for each round of evolving; nothing where nothing was evolved."""
    rounds: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for line in provenance.evolved():
        parent = provenance.source(line)
        if parent and line.made:
            rounds[line.made.round].append((_words(parent), _words(line)))
    if not rounds:
        return None
    rows = [
        [f"round {at}", number(len(pairs)), *(f"{mean(words):.1f}" for words in zip(*pairs, strict=True))]
        for at, pairs in sorted(rounds.items())
    ]
    return table(["", "instructions", "words before", "words after"], rows)


def _words(line: MadeLine) -> int:
    return len(next((message.content for message in line.messages if message.role == "user"), "").split())
