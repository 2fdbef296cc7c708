"""The conversations that a served model was tuned on, where it is the model of a run."""

from collections.abc import Iterator
from pathlib import Path

from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.generate.places import run_of
from pitchpipe_stages.prepare.examples import PreparedExamples

AT_ONCE = 1000  # conversations in memory


def learned_in(place: Path, most: int) -> Iterator[Conversation]:
    """Those of the training side of a run: at most so many, from all over it. `place` is the run, or the
    model in it; of any other model nothing is known."""
    run = run_of(place, speaks=False)
    if run and (run / "prepared" / "train.offsets").exists():
        examples = PreparedExamples(run / "prepared", "train")
        numbers = spread(len(examples), most)
        for at in range(0, len(numbers), AT_ONCE):
            yield from examples.taken(numbers[at : at + AT_ONCE])


def spread(whole: int, most: int) -> list[int]:
    """So many numbers below `whole`, at even distances."""
    return [number * whole // min(whole, most) for number in range(min(whole, most))]
