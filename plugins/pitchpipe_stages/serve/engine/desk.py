"""What is done in a step: some prompts are read, and each answer gets its next token."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pitchpipe.host.serving import Declined
from pitchpipe_stages.serve.engine.batch import AnswerBatch
from pitchpipe_stages.serve.engine.calls import ModelCall
from pitchpipe_stages.serve.engine.choosing import choose
from pitchpipe_stages.serve.engine.lone import LoneAnswer
from pitchpipe_stages.serve.engine.row import AnswerRow, TokenStep
from pitchpipe_stages.serve.engine.way import WritingWay

if TYPE_CHECKING:
    from pitchpipe_stages.serve.engine.engine import Engine

COLUMNS = 512  # tokens of prompts that are read at a time, while others wait for their next token
Batch = AnswerBatch | LoneAnswer


class AnswerDesk:
    """The batches of an engine. A long prompt is read in parts, in turns with short ones."""

    def __init__(self, engine: "Engine"):
        self.engine = engine
        self.reading, self.batches = deque[Batch](), list[Batch]()
        self.call = ModelCall(engine.model)
        self.way = WritingWay.of(engine, self.call)
        self.widest = self.way.rows  # rows in a pass: fewer after one for which memory was too small

    @property
    def count(self) -> int:
        """Rows that are being read or written."""
        return len(self.rows)

    @property
    def rows(self) -> list[AnswerRow]:
        return [row for batch in self._all() for row in batch.rows]

    def _all(self) -> list[Batch]:
        return [*self.reading, *self.batches]

    def step(self) -> None:
        if len(self.reading) < 2 and (new := list(self._taken())):
            self._begin(new)
        if self.reading:
            self._read(self.reading.popleft())
        for batch in list(self.batches):
            self._tried(batch, self._write)
        self._gather()
        self._give_room()

    def fail(self, rows: Sequence[AnswerRow], error: Exception) -> None:
        """Tells rows that they end, and forgets all there is."""
        for row in rows:
            row.say(error)
        for batch in self._all():
            batch.keep([])
        self.reading.clear()
        self.batches.clear()

    def _taken(self) -> Iterator[AnswerRow]:
        """The next of the queue that one pass can read: of one adapter, and not too long together."""
        waiting, room = self.engine.waiting, self.way.rows - self.count
        held, count, width, adapter = self._held(), 0, 0, ""
        if not held:
            self.widest = self.way.rows
        while waiting and count < min(room, self.widest):
            row = waiting[0]
            width = max(width, len(row.ids))
            if row.left or self._refused(row):
                waiting.popleft()
                continue
            if count and (row.adapter != adapter or width * (count + 1) > COLUMNS):
                return
            if (count or held) and held + 2 * width * (count + 1) > self.way.room:
                return
            count, adapter = count + 1, row.adapter
            yield waiting.popleft()
            if self._is_alone(row):
                return

    def _refused(self, row: AnswerRow) -> bool:
        """Whether a row can never be read."""
        if max(row.prompt, default=-1) >= self.call.tokens or min(row.prompt, default=-1) < 0:
            row.say(
                Declined(400, f"the prompt is empty, or has tokens beyond the model's {self.call.tokens:,}")
            )
        elif row.adapter not in self.call.adapters:
            row.say(Declined(500, f"the model wears no adapter '{row.adapter}'"))
        elif len(row.prompt) >= self.way.room:
            most = f"{self.way.room:,}"
            row.say(Declined(400, f"the prompt has {len(row.prompt):,} tokens, and memory is for {most}"))
        row.most = min(row.most, self.way.room - len(row.prompt))
        return row.left

    def _is_alone(self, row: AnswerRow) -> bool:
        return bool(self.way.alone) or self.call.prompted(row.adapter)

    def _begin(self, rows: list[AnswerRow], suspect: bool = False) -> None:
        alone = self._is_alone(rows[0])
        self.reading.appendleft(
            LoneAnswer(self.call, rows) if alone else AnswerBatch(self.call, rows, suspect)
        )

    def _read(self, batch: Batch) -> None:
        self._leave(batch)
        if batch.rows and self._tried(batch, lambda batch: batch.advance(COLUMNS)):
            if batch.read:
                self.batches.append(batch)
            else:
                self.reading.append(batch)

    def _leave(self, batch: Batch) -> None:
        batch.keep([at for at, row in enumerate(batch.rows) if not row.left])

    def _write(self, batch: Batch) -> None:
        """A token of each row."""
        self._leave(batch)
        if not batch.rows:
            return
        assert batch.logits is not None
        self._say(batch.rows, choose(batch.rows, batch.logits))
        self._leave(batch)
        if batch.rows:
            batch.forward([row.written[-1] for row in batch.rows])

    def _say(self, rows: Sequence[AnswerRow], chosen: Sequence[Any]) -> None:
        steps = [
            step if isinstance(step, Exception) else self._step_of(row, *step)
            for row, step in zip(rows, chosen, strict=True)
        ]
        for row, step in zip(rows, steps, strict=True):
            row.say(step)

    def _step_of(self, row: AnswerRow, token: int, likely: Any) -> TokenStep:
        row.written.append(token)
        end = "stop" if token in self.engine.ends else "length" if len(row.written) >= row.most else ""
        return TokenStep(token, end, likely)

    def _gather(self) -> None:
        """Batches whose rows fit each other become one."""
        kept = list[Batch]()
        for batch in self.batches:
            if not batch.rows:
                continue
            for other in kept:
                narrow = len(other.rows) + len(batch.rows) <= self.widest
                if narrow and isinstance(other, AnswerBatch) and other.fits(batch):
                    other.join(batch)
                    break
            else:
                kept.append(batch)
        self.batches = kept

    def _held(self) -> int:
        return sum(batch.cells for batch in self._all())

    def _give_room(self) -> None:
        """Where memory ends, the answers that came last wait, and are read again later."""
        while self._held() > self.way.room and self.count > 1:
            batch = next(one for one in reversed(self._all()) if one.cells)
            row = batch.rows[-1]
            batch.keep(list(range(len(batch.rows) - 1)))
            if batch.rows and isinstance(batch, AnswerBatch):
                batch.cache.pack()
            self.engine.waiting.appendleft(row)
            self._gather()

    def _tried(self, batch: Batch, work: Callable[[Any], None]) -> bool:
        """Whether work on a batch went well. Else its rows are read again, in halves: one that fails alone
        has failed."""
        try:
            with self.call.wearing(batch.adapter):
                work(batch)
            return True
        except Exception as error:
            rows = [row for row in batch.rows if not row.left]
            batch.keep([])
            if _is_full(error):
                self.widest = max(1, len(rows) // 2)
            if len(rows) == 1:
                rows[0].say(error)
            elif rows:
                self._begin(rows[len(rows) // 2 :], suspect=True)
                self._begin(rows[: len(rows) // 2], suspect=True)
            return False


def _is_full(error: Exception) -> bool:
    import torch

    return isinstance(error, MemoryError | torch.OutOfMemoryError)
