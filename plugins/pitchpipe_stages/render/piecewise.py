"""The careful way to encode, piece by piece: the text is cut at the template's control tokens, where every
tokenizer cuts first, and what lies between is encoded with control tokens switched off."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pitchpipe.errors import Quarantine
from pitchpipe.records.template import Piece
from pitchpipe_stages.render.proofs import Proofs

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def extend(stretches: list[tuple[int, int]], start: int, end: int) -> None:
    """Add a learned stretch of text. Stretches that meet become one: a token may lie across pieces."""
    if stretches and stretches[-1][1] == start:
        stretches[-1] = (stretches[-1][0], end)
    else:
        stretches.append((start, end))


@dataclass(slots=True)
class _Stretch:
    """Text between two control tokens, with its learned stretches; or one control token."""

    text: str
    token: int | None
    learned: list[tuple[int, int]]


class PiecewiseEncoder:
    """A tokenizer for texts whose words look like control tokens: they stay words."""

    def __init__(self, core: "Tokenizer", control: dict[str, int], cutting: re.Pattern[str]):
        self.core, self.control, self.cutting = core, control, cutting
        self._forbidden = set(control.values())
        self._proofs = Proofs(core)  # what it remembers was encoded with control tokens switched off

    def encode(self, pieces: Sequence[Piece]) -> tuple[list[int], list[bool]]:
        """Ids, and of each whether it is learned."""
        ids: list[int] = []
        learned: list[bool] = []
        self.core.encode_special_tokens = True  # a control token in the text is written as plain text
        try:
            for run in self._runs(pieces):
                if run.token is not None:
                    found, learn = [run.token], [bool(run.learned)]
                else:
                    found, learn = self._plain(run)
                ids += found
                learned += learn
        finally:
            self.core.encode_special_tokens = False
        return ids, learned

    def _runs(self, pieces: Sequence[Piece]) -> list[_Stretch]:
        runs = [_Stretch("", None, [])]
        for piece in pieces:
            for text, token in self._cut(piece.text) if piece.control else [(piece.text, None)]:
                if token is not None:
                    runs += [_Stretch(text, token, [(0, len(text))] * piece.learn), _Stretch("", None, [])]
                    continue
                start = len(runs[-1].text)
                runs[-1].text += text
                if piece.learn and text:
                    extend(runs[-1].learned, start, start + len(text))
        return [run for run in runs if run.text]

    def _cut(self, text: str) -> Iterator[tuple[str, int | None]]:
        """Control text, cut at its control tokens."""
        at = 0
        for found in self.cutting.finditer(text):
            yield text[at : found.start()], None
            yield found[0], self.control[found[0]]
            at = found.end()
        yield text[at:], None

    def _plain(self, run: _Stretch) -> tuple[list[int], list[bool]]:
        encoding = self.core.encode(run.text, add_special_tokens=False)
        ids = encoding.ids
        if control := self._forbidden.intersection(ids):
            names = ", ".join(str(self.core.id_to_token(index)) for index in sorted(control))
            raise Quarantine(
                f"the text holds a control token that the tokenizer cannot write as text: {names}"
            )
        learn = [False] * len(ids)
        for start, end in run.learned:
            inside = [i for i, (a, b) in enumerate(encoding.offsets) if a < end and b > start]
            first, last = (inside[0], inside[-1] + 1) if inside else (0, 0)
            self._proofs.says(run.text[start:end], ids[:last], first)
            self._proofs.asked(run.text[:start], ids[:first])
            for index in inside:
                learn[index] = True
        return ids, learn
