"""Work spread over processes, its results in the order in which it was given.

Workers are forked, so they know the recipe, its plugins and its tokenizer at once. Each has a pipe of its
own: a worker that loses its parent, even to `kill -9`, sees its pipe close and ends.
"""

import multiprocessing
import os
import pickle
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar, cast

from pitchpipe.errors import PitchpipeError

Given = TypeVar("Given")
Got = TypeVar("Got")


def available() -> int:
    """The number of processors that this process may use, at most 8: one process feeds them all."""
    try:
        return min(len(os.sched_getaffinity(0)), 8)
    except AttributeError:
        return min(os.cpu_count() or 1, 8)


class Workers(Generic[Given, Got]):
    """Does one kind of work in several processes. With one process, this one does the work.

    The worker that is done first takes the next task.
    """

    def __init__(self, processes: int, work: Callable[[Given], Got]):
        self._work = work
        self._crew: list[_Worker[Given, Got]] = []
        if processes > 1:
            for _ in range(processes):
                self._crew.append(_Worker(work, [worker.pipe for worker in self._crew]))

    def each(self, tasks: Iterable[Given]) -> Iterator[Got]:
        """A result for every task, in order."""
        if not self._crew:
            yield from map(self._work, tasks)
            return
        waiting, done, shown = enumerate(tasks), dict[int, _Answer[Got]](), 0
        for worker in [*self._crew, *self._crew]:
            worker.take(next(waiting, None))
        while busy := {worker.pipe: worker for worker in self._crew if worker.tasks}:
            for pipe in wait(list(busy)):
                worker = busy[cast(Connection, pipe)]
                number, answer = worker.answer()
                done[number] = answer
                worker.take(next(waiting, None))
            while shown in done:
                answer = done.pop(shown)
                if isinstance(answer, _Failure):
                    raise answer.error
                yield answer.result
                shown += 1

    def dismiss(self) -> None:
        """Let the workers end, without waiting for it."""
        for worker in self._crew:
            worker.close()

    def stop(self) -> None:
        self.dismiss()
        for worker in self._crew:
            worker.join()


@contextmanager
def workers(processes: int, work: Callable[[Given], Got]) -> Iterator[Workers[Given, Got]]:
    """Workers that are stopped in the end."""
    crew = Workers(processes, work)
    try:
        yield crew
    finally:
        crew.stop()


@dataclass
class _Success(Generic[Got]):
    result: Got


@dataclass
class _Failure:
    error: BaseException


_Answer = _Success[Got] | _Failure


class _Worker(Generic[Given, Got]):
    def __init__(self, work: Callable[[Given], Got], others: "list[Connection]"):
        fork = multiprocessing.get_context("fork")
        self.pipe, theirs = fork.Pipe()
        self.tasks: deque[int] = deque()
        self._process = fork.Process(
            target=_serve, args=(theirs, [*others, self.pipe], work), daemon=True, name="pitchpipe"
        )
        self._process.start()
        theirs.close()

    def take(self, task: tuple[int, Given] | None) -> None:
        """Take a task with its number. It begins when those before it are done."""
        if task is not None:
            self.pipe.send_bytes(pickle.dumps(task[1], pickle.HIGHEST_PROTOCOL))
            self.tasks.append(task[0])

    def answer(self) -> "tuple[int, _Answer[Got]]":
        """The number of the first task, and its result."""
        try:
            return self.tasks.popleft(), pickle.loads(self.pipe.recv_bytes())
        except EOFError:
            self._process.join(1)
            raise RuntimeError(
                f"a worker process ended (exit code {self._process.exitcode}). Out of memory?"
                " --processes 1 needs less."
            ) from None

    def close(self) -> None:
        self.pipe.close()
        self._process.terminate()

    def join(self) -> None:
        self._process.join()


def _serve(pipe: "Connection", others: "list[Connection]", work: Callable[[Given], Got]) -> None:
    """One worker's life: take a task, do it, answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    for other in others:
        other.close()  # held open here, it would hide the parent's end from its own worker
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        while True:
            pipe.send_bytes(_done(work, pickle.loads(pipe.recv_bytes())))
    except (EOFError, OSError):
        os._exit(0)


def _done(work: Callable[[Given], Got], task: Given) -> bytes:
    try:
        return pickle.dumps(_Success(work(task)), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        return pickle.dumps(_Failure(_sendable(error)))


def _sendable(error: BaseException) -> BaseException:
    """The error with the trace it had, which pickling loses; in words where it cannot be pickled."""
    if not isinstance(error, PitchpipeError):
        error.add_note("in a worker process:\n" + "".join(traceback.format_tb(error.__traceback__)))
    try:
        pickle.loads(pickle.dumps(error))
        return error
    except Exception:
        plain = RuntimeError(f"{type(error).__name__}: {error}")
        for note in getattr(error, "__notes__", ()):
            plain.add_note(note)
        return plain
