"""Work spread over processes, its results in the order in which it was given.

Workers are forked, so they know the recipe, its plugins and its tokenizer without a word. Each has a pipe
of its own: one that loses its parent, even to `kill -9`, sees its pipe close and ends.
"""

import multiprocessing
import os
import pickle
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any

Work = Callable[[Any], Any]
_Answer = tuple[Any, BaseException | None]


def available() -> int:
    """The processors that this process may use, at most 8: one process feeds them all."""
    try:
        return min(len(os.sched_getaffinity(0)), 8)
    except AttributeError:
        return min(os.cpu_count() or 1, 8)


class Workers:
    """`each(work, tasks)` yields a result for every task, in order. One process does the work itself.

    Whoever is done first takes the next task.
    """

    def __init__(self, processes: int, works: dict[str, Work]):
        self._works = works
        self._crew: list[_Worker] = []
        if processes > 1:
            for _ in range(processes):
                self._crew.append(_Worker(works, [worker.pipe for worker in self._crew]))

    def each(self, work: str, tasks: Iterable[Any]) -> Iterator[Any]:
        if not self._crew:
            for task in tasks:
                yield self._works[work](task)
            return
        waiting, done, shown = enumerate(tasks), dict[int, _Answer](), 0
        for worker in [*self._crew, *self._crew]:
            worker.take(work, next(waiting, None))
        while busy := {worker.pipe: worker for worker in self._crew if worker.tasks}:
            for pipe in wait(list(busy)):
                number, answer = busy[pipe].answer()  # type: ignore[index]
                done[number] = answer
                busy[pipe].take(work, next(waiting, None))  # type: ignore[index]
            while shown in done:
                result, error = done.pop(shown)
                if error is not None:
                    raise error
                yield result
                shown += 1

    def dismiss(self) -> None:
        """There is no more work: let them end, without waiting for it."""
        for worker in self._crew:
            worker.close()

    def stop(self) -> None:
        self.dismiss()
        for worker in self._crew:
            worker.join()


@contextmanager
def workers(processes: int, works: dict[str, Work]) -> Iterator[Workers]:
    crew = Workers(processes, works)
    try:
        yield crew
    finally:
        crew.stop()


class _Worker:
    def __init__(self, works: dict[str, Work], others: list[Any]):
        fork = multiprocessing.get_context("fork")
        self.pipe, theirs = fork.Pipe()
        self.tasks: deque[int] = deque()
        self._process = fork.Process(
            target=_serve, args=(theirs, [*others, self.pipe], works), daemon=True, name="pitchpipe"
        )
        self._process.start()
        theirs.close()

    def take(self, work: str, task: tuple[int, Any] | None) -> None:
        """A task with its number; it is begun when those before it are done."""
        if task is not None:
            self.pipe.send_bytes(pickle.dumps((work, task[1]), pickle.HIGHEST_PROTOCOL))
            self.tasks.append(task[0])

    def answer(self) -> tuple[int, _Answer]:
        """The number of its first task, and what came of it."""
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


def _serve(pipe: Any, others: list[Any], works: dict[str, Work]) -> None:
    """One worker's life: take a task, do it, answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    for other in others:
        other.close()  # held open here, it would hide the parent's end from its own worker
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        while True:
            work, task = pickle.loads(pipe.recv_bytes())
            pipe.send_bytes(_done(works[work], task))
    except (EOFError, OSError):
        os._exit(0)


def _done(work: Work, task: Any) -> bytes:
    try:
        return pickle.dumps((work(task), None), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        return pickle.dumps((None, _sendable(error)))


def _sendable(error: BaseException) -> BaseException:
    """The error with the trace it had, which pickling loses; in words where it cannot be pickled."""
    from pitchpipe.errors import PitchpipeError

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
