"""Finds runs of sound elements in a block of a JSON list that is not sound as a whole.

One `NaN` in two million bytes is no reason to read all elements one by one: the parser says where it stopped,
and the elements that end before that place are sound.
"""

import re

import msgspec

from pitchpipe_components.files.json_scan import as_list
from pitchpipe_components.files.json_values import REFUSED

WINDOW = 1 << 16  # bytes of a run
LONGEST_PAUSE = 64  # elements
PLACE = re.compile(r"\(byte (\d+)\)")
WHOLE: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])


class SoundRuns:
    """Runs in one block. Where several tries in a row find none, the next tries are further apart."""

    def __init__(self, block: bytes, like: bytes):
        self.block, self.like = block, like
        self._wait, self._pause = 0, 1

    def after(self, start: int) -> tuple[list[msgspec.Raw], int]:
        """Returns the elements of the run that begins at `start`, and the beginning of the next element."""
        if self._wait:
            self._wait -= 1
            return [], start
        elements, end = self._run(start)
        self._pause = 1 if elements else min(2 * self._pause, LONGEST_PAUSE)
        self._wait = 0 if elements else self._pause - 1
        return elements, end

    def _run(self, start: int) -> tuple[list[msgspec.Raw], int]:
        limit = start + WINDOW
        for _ in range(2):  # up to the window's end, and then up to the place of the error
            end = self.block.rfind(self.like, start + 1, limit) if self.like else -1
            if end < 0:
                break
            try:
                return WHOLE.decode(as_list(self.block, start, end)), end
            except REFUSED as error:
                place = PLACE.search(str(error))
                limit = start + int(place[1]) if place else start
        return [], start
