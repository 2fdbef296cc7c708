"""The engine: a thread that asks the model for one token of each row after the other."""

from collections import deque
from collections.abc import Collection
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.serving import Declined
from pitchpipe_stages.serve.engine.outbox import Outbox
from pitchpipe_stages.serve.engine.row import AnswerRow

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from pitchpipe_stages.serve.engine.desk import AnswerDesk


class Engine:
    """Rows wait in a queue until the desk takes them. `how` says, once it has begun, how it writes.

    `room` are the tokens, of prompts and answers, that all rows may have together. Of it, and of torch's
    threads, 0 stands for what is found out to be best.
    """

    def __init__(
        self, model: "PreTrainedModel", ends: Collection[int], rows: int, threads: int = 0, room: int = 0
    ):
        self.model, self.ends, self.rows = model, frozenset(ends), rows
        self.threads, self.room, self.how = threads, room, ""
        self.waiting, self.steps = deque[AnswerRow](), 0
        self.outbox: Outbox | None = None  # to the event loop of those who ask
        self._turn, self._closing, self._late = Condition(), False, False
        self._begun = Event()
        self._error: BaseException | None = None
        self._desk: AnswerDesk | None = None
        self._thread = Thread(target=self._run, name="engine", daemon=True)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def writing(self) -> int:
        """Answers that are being written, or whose prompts are being read."""
        return self._desk.count if self._desk else 0

    def start(self) -> None:
        """Begins, and returns when it is known how rows are written."""
        self._thread.start()
        self._begun.wait()
        if self._error:
            said = f"{type(self._error).__name__}: {self._error}"
            raise PitchpipeError(
                f"the model cannot be served, it fails at its first tokens: {said}"
            ) from self._error

    def close(self, grace: float | None = None) -> None:
        """Finishes what was asked, at most in so many seconds, and ends."""
        with self._turn:
            self._closing = True
            self._turn.notify()
        self._thread.join(grace)
        self._late = True  # whatever is left is told so
        self._thread.join()

    def ask(self, row: AnswerRow) -> None:
        with self._turn:
            if not self._closing:
                self.waiting.append(row)
                self._turn.notify()
                return
        row.say(_ending())

    def _run(self) -> None:
        import torch

        from pitchpipe_stages.serve.engine.desk import AnswerDesk

        with torch.inference_mode():
            try:
                self._desk = desk = AnswerDesk(self)
                self.how, self.threads = str(desk.way), desk.way.threads
            except BaseException as error:
                self._error = error
                return
            finally:
                self._begun.set()
            while self._wait(desk):
                if self._late:
                    desk.fail([*self._emptied(), *desk.rows], _ending())
                    continue
                try:
                    desk.step()
                except Exception as error:  # what could not be laid to single rows: the queue goes on
                    desk.fail(desk.rows, error)
                self.steps += 1

    def _emptied(self) -> list[AnswerRow]:
        return [self.waiting.popleft() for _ in range(len(self.waiting))]

    def _wait(self, desk: "AnswerDesk") -> bool:
        """Waits for something to do; false where there will be nothing any more."""
        with self._turn:
            while not (self.waiting or desk.count):
                if self._closing:
                    return False
                self._turn.wait()
        return True


def _ending() -> Declined:
    return Declined(503, "the server is ending", code="draining")
