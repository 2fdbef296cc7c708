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
        self.alone = prepared(engine, self.call)

    @property
    def count(self) -> int:
        """Rows that are being read or written."""
        return sum(len(batch.rows) for batch in self._all())

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

    def fail(self, error: Exception) -> None:
        """Ends all there is."""
        waiting = self.engine.waiting
        for row in [waiting.popleft() for _ in range(len(waiting))]:
            row.say(error)
        for batch in self._all():
            for row in batch.rows:
                row.say(error)
            batch.keep([])
        self.reading.clear()
        self.batches.clear()

    def _taken(self) -> Iterator[AnswerRow]:
        """The next of the queue that one pass can read: of one adapter, and not too long together."""
        waiting, room = self.engine.waiting, self.engine.rows - self.count
        held, count, width, adapter = self._held(), 0, 0, ""
        while waiting and count < room:
            row = waiting[0]
            width = max(width, len(row.ids))
            if row.left or self._refused(row):
                waiting.popleft()
                continue
            if count and (row.adapter != adapter or width * (count + 1) > COLUMNS):
                return
            if (count or held) and held + 2 * width * (count + 1) > self.engine.room:
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
        elif len(row.prompt) >= self.engine.room:
            most = f"{self.engine.room:,}"
            row.say(Declined(400, f"the prompt has {len(row.prompt):,} tokens, and memory is for {most}"))
        row.most = min(row.most, self.engine.room - len(row.prompt))
        return row.left

    def _is_alone(self, row: AnswerRow) -> bool:
        return bool(self.alone) or self.call.prompted(row.adapter)

    def _begin(self, rows: list[AnswerRow], suspect: bool = False) -> None:
        try:
            alone = self._is_alone(rows[0])
        except KeyError as error:
            for row in rows:
                row.say(error)
            return
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
                if isinstance(other, AnswerBatch) and isinstance(batch, AnswerBatch) and other.fits(batch):
                    other.join(batch)
                    break
            else:
                kept.append(batch)
        self.batches = kept

    def _held(self) -> int:
        return sum(batch.cells for batch in self._all())

    def _give_room(self) -> None:
        """Where memory ends, the answers that came last wait, and are read again later."""
        while self._held() > self.engine.room and self.count > 1:
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
            if len(rows) == 1:
                rows[0].say(error)
            elif rows:
                self._begin(rows[len(rows) // 2 :], suspect=True)
                self._begin(rows[: len(rows) // 2], suspect=True)
            return False


def prepared(engine: "Engine", call: ModelCall) -> str:
    """Finds out how rows are written, with how many threads and how much room; why each alone, if so."""
    import torch

    from pitchpipe_stages.serve.engine.proof import why_alone

    engine.model.eval()
    torch.set_num_threads(engine.threads or 1)
    alone = why_alone(call)
    engine.threads = torch.get_num_threads()
    engine.room = engine.room or 1 << 40
    together = f"{engine.rows} answers at a time in one pass"
    way = f"answers in turns, each in passes of its own: {alone}" if alone else together
    engine.how = f"{way}; threads: {engine.threads}"
    return alone
