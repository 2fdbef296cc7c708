"""Which questions the page shows where there are many, and in what order: what got worse stands first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from pitchpipe.host.scoring import Better
from pitchpipe_tools.report.answers.asked import AskedBoth

SHOWN = 240  # questions
EACH = SHOWN // 4  # that got worse most, better most, and of all categories in turn; the rest by lot


@dataclass(frozen=True)
class ItemScore:
    """A score of single items, and which way is good."""

    name: str
    better: Better
    is_share: bool

    def gain(self, asked: AskedBoth) -> float | None:
        """By how much the tuned model is better; with one model, how good it is."""
        found = asked.scores.get(self.name)
        if not found or self.better is None:
            return None
        sign = 1 if self.better == "higher" else -1
        if len(found) == 2:
            return sign * (found["tuned"] - found["base"])
        return sign * next(iter(found.values()))


def gains(asked: AskedBoth, directions: Sequence[ItemScore]) -> tuple[float, ...]:
    """By all scores, shares first: of two questions with the same gain the next score decides."""
    ranked = sorted(directions, key=lambda direction: not direction.is_share)
    return tuple(direction.gain(asked) or 0.0 for direction in ranked)


def deciding(asked: AskedBoth, directions: Sequence[ItemScore]) -> ItemScore | None:
    """The score that says whether one answer is better than another: the first share that a question has."""
    known = [one for one in directions if one.better and one.name in asked.scores]
    return next((one for one in known if one.is_share), known[0] if known else None)


def change(asked: AskedBoth, directions: Sequence[ItemScore]) -> str:
    """What tuning did to an answer: "worse", "better", "changed" or "same"; nothing with one model."""
    if len(asked.said) < 2:
        return ""
    if asked.said["base"].text == asked.said["tuned"].text:
        return "same"
    decides = deciding(asked, directions)
    gain = (decides.gain(asked) if decides else None) or 0.0
    return "worse" if gain < 0 else "better" if gain > 0 else "changed"


def chosen(found: Sequence[AskedBoth], directions: Sequence[ItemScore]) -> list[AskedBoth]:
    """At most so many as the page shows, what got worse most first."""
    ranked = sorted(found, key=lambda asked: (gains(asked, directions), asked.set, asked.id))
    if len(ranked) <= SHOWN:
        return ranked
    lot = sorted(ranked, key=_lot)
    wanted = [*ranked[:EACH], *ranked[-EACH:], *_in_turn(lot)[:EACH], *lot]
    taken = {(asked.set, asked.id) for asked in _first(wanted, SHOWN)}
    return [asked for asked in ranked if (asked.set, asked.id) in taken]


def _first(wanted: Sequence[AskedBoth], count: int) -> list[AskedBoth]:
    once: Mapping[tuple[str, str], AskedBoth] = {(asked.set, asked.id): asked for asked in wanted}
    return list(once.values())[:count]


def _in_turn(found: Sequence[AskedBoth]) -> list[AskedBoth]:
    """One of each set and group, then another one of each, and so on."""
    seen: dict[tuple[str, str], int] = {}
    turns = []
    for asked in found:
        turn = seen[asked.set, asked.group] = seen.get((asked.set, asked.group), -1) + 1
        turns.append((turn, asked))
    return [asked for _, asked in sorted(turns, key=lambda entry: entry[0])]


def _lot(asked: AskedBoth) -> bytes:
    """The same each time the page is written."""
    return blake2b(f"{asked.set} {asked.id}".encode("utf-8", "replace"), digest_size=8).digest()
