"""The answers in which two runs differ most."""

from shutil import get_terminal_size
from statistics import pstdev

from pitchpipe.host.contracts import Console
from pitchpipe_stages.console import shortened
from pitchpipe_tools.diff.side import CompareSide


def show_examples(left: CompareSide, right: CompareSide, most: int, console: Console) -> None:
    """Show where the right one is worse, and where it is better, by the scores of each answer."""
    shared = [id for id in left.answers if id in right.answers]
    if not shared:
        return
    differ = [id for id in shared if left.answers[id].said != right.answers[id].said]
    console.say(f"\n{len(differ):,} of {len(shared):,} answers differ.")
    gains = _gains(left, right, differ)
    order = sorted(gains, key=lambda id: gains[id])
    worse = [id for id in order[:most] if gains[id] < 0]
    better = [id for id in reversed(order[-most:]) if gains[id] > 0]
    other = [id for id in differ if not gains.get(id)][: 0 if worse or better else most]
    for title, ids in (
        (f"Where {right.name} is worse", worse),
        (f"Where {right.name} is better", better),
        ("Some that differ", other),
    ):
        if ids:
            _show(title, ids, left, right, console)


def _gains(left: CompareSide, right: CompareSide, ids: list[str]) -> dict[str, float]:
    """How much better the right answer is: all scores together, each by how far it spreads."""
    gains = dict.fromkeys(ids, 0.0)
    for name, measure in left.measures.items():
        if not measure.better or name not in right.measures:
            continue
        found = {}
        for id in ids:
            one, other = left.answers[id].scores.get(name), right.answers[id].scores.get(name)
            if one is not None and other is not None:
                found[id] = (other - one) * (1 if measure.better == "higher" else -1)
        spread = pstdev(found.values()) if found else 0.0
        for id, gain in found.items():
            gains[id] += gain / spread if spread else gain
    return gains


def _show(title: str, ids: list[str], left: CompareSide, right: CompareSide, console: Console) -> None:
    room = max(12, get_terminal_size().columns // 4 - 3)
    lines = []
    for id in ids:
        one, other = left.answers[id], right.answers[id]
        lines.append([shortened(text, room) for text in (one.prompt, one.expected, one.said, other.said)])
    head = ["asked", "expected", f"{left.name} says", f"{right.name} says"]
    console.table(title, head, lines, left=4)
