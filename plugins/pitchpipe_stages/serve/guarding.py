"""Guards around answers: each sees what comes in, and what goes out, a window of a stream at a time."""

from collections.abc import Sequence

from pitchpipe.host.serving import Answering
from pitchpipe.recipe.recipe import Use


def guarded(guards: Sequence[Use], answer: Answering) -> Answering:
    """Answers that the guards let pass."""
    return answer
