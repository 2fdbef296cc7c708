"""One answer while it is written: what is asked for, and what is there of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from pitchpipe.host.serving import Wish


@dataclass(frozen=True)
class TokenStep:
    """A token that was written. `likely` are its log-probability, and the likeliest ones with theirs."""

    token: int
    end: str = ""
    likely: tuple[float, list[tuple[int, float]]] | None = None


Tell = Callable[[TokenStep | Exception], None]


@dataclass(eq=False)
class AnswerRow:
    """An answer in the batch. `tell` is called in the engine's thread for each token, and where it fails.

    `adapter` is one that the model wears, by the name that PEFT knows; none: the base alone.
    """

    prompt: Sequence[int]
    wish: Wish
    most: int  # tokens
    tell: Tell
    adapter: str = ""
    number: int = 0  # of the answers that a request wants
    written: list[int] = field(default_factory=list)
    left: bool = False  # nobody waits for it any more

    def __post_init__(self) -> None:
        seed = self.wish.seed
        self.chance = Random() if seed is None else Random(str(seed + self.number))

    @property
    def ids(self) -> list[int]:
        """All that the model has read of it, or is to read again."""
        return [*self.prompt, *self.written]

    def say(self, step: TokenStep | Exception) -> None:
        """Tells it; where nobody can be told, nobody waits."""
        try:
            self.tell(step)
        except Exception:
            self.left = True
        if isinstance(step, Exception) or step.end:
            self.left = True
