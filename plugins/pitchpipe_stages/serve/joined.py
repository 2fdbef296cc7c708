"""Stretches of answers, each joined to one."""

from collections.abc import Sequence

from pitchpipe.host.serving import Said


class JoinedAnswers:
    """What was said so far. Texts are joined at the end alone, whatever their number."""

    def __init__(self) -> None:
        self._stretches = dict[int, list[Said]]()

    def add(self, said: Said) -> None:
        self._stretches.setdefault(said.index, []).append(said)

    def answers(self) -> Sequence[Said]:
        """One stretch for each answer that has ended."""
        return [
            Said.joined(stretches) for _, stretches in sorted(self._stretches.items()) if stretches[-1].end
        ]
