"""What trainers and evaluators get, and what evaluators give back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pitchpipe.prepared import Examples
from pitchpipe.render import Renderer

if TYPE_CHECKING:
    from pitchpipe.console import Console

# From examples and the padding id to a batch of tensors.
Collate = Callable[[list[Any], int], dict[str, Any]]


@dataclass
class Training:
    """A model to train, on what, and where the results go."""

    model: Any
    tokenizer: Any
    train: Examples
    validation: Examples
    collate: Collate
    folder: Path  # for the trained weights
    checkpoints: Path  # to continue from, after a kill
    log: Callable[[int, dict[str, float]], None]
    console: "Console"


@dataclass
class Subject:
    """A model to ask, and the held-out conversations to ask it about."""

    model: Any
    tokenizer: Any
    renderer: Renderer
    test: Examples
    collate: Collate
    console: "Console"
    answers: list[dict[str, Any]] = field(default_factory=list)

    def keep(self, answer: dict[str, Any]) -> None:
        """Keep what the model `said` to one `prompt`; the run writes it to answers-base or answers-tuned."""
        self.answers.append(answer)


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training data takes, told before anything is loaded. Shares are of 1."""

    rows: int
    steps: int
    total_steps: int  # of all epochs
    shuffled_padding: float  # if conversations met by chance, each in a row of its own
    padding: float
    full: float | None = None  # of rows that hold several conversations


@dataclass(frozen=True)
class Score:
    """A number, over how many cases, and between which bounds it lies with 95 % confidence."""

    value: float
    count: int
    low: float | None = None
    high: float | None = None
    is_share: bool = False  # shown as per cent
