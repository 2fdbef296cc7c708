"""What the model said to a few prompts while it was trained: samples.jsonl, each step once."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from pitchpipe.host.contracts import Answer, Prompt
from pitchpipe.run.atomic import write

FILE = "samples.jsonl"
Replies = Sequence[tuple[Prompt, Answer]]


class Sample(Struct, omit_defaults=True):
    """A line: a prompt's last words, the reply that was expected, what the model said, and its rewards."""

    step: int
    id: str
    prompt: str
    expected: str
    said: str
    ended: bool
    rewards: dict[str, float] = {}


def keep_samples(run: Path, step: int, replies: Replies) -> None:
    """Writes the replies of a step behind those of earlier ones. Those of later ones were lost by a kill."""
    new = [Sample(step, p.id, p.words, p.expected, a.text, a.ended, a.rewards) for p, a in replies]
    kept = [sample for sample in samples_of(run) if sample.step < step]
    write(run / FILE, msgspec.json.Encoder().encode_lines(kept + new))


def samples_of(run: Path) -> list[Sample]:
    """All lines, the earliest first."""
    if not (run / FILE).exists():
        return []
    decode = msgspec.json.Decoder(Sample).decode
    return [decode(line) for line in (run / FILE).read_bytes().splitlines()]


def stops_by_step(samples: list[Sample]) -> dict[int, tuple[int, int]]:
    """For each step how many replies ended by themselves, and of how many."""
    found: dict[int, tuple[int, int]] = {}
    for sample in samples:
        ended, count = found.get(sample.step, (0, 0))
        found[sample.step] = ended + sample.ended, count + 1
    return found
