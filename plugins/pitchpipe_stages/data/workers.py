"""Work spread over processes, its results in the order in which it was given.

A crew's first process loads what the work needs, and the workers are forked from it: they know the recipe,
its plugins and its tokenizer at once, and what they need is never loaded in the process that goes on.
"""

import multiprocessing
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import Generic, cast
from weakref import WeakSet

from pitchpipe_stages.data.worker import Answer, Failure, Given, Got, Load, Success, lead

ENDED = "a worker process ended. Out of memory? --workers 1 needs less."

_ours: WeakSet[Connection] = WeakSet()  # this process's ends of all pipes


def _nothing(apart: bool) -> None:
    """What most work needs beside what is known."""


class Workers(Generic[Given, Got]):
    """Does one kind of work in several processes. With one process, this one does the work.

    The worker that is done first takes the next task.
    """

    def __init__(self, processes: int, work: Callable[[Given], Got], load: Load = _nothing):
        self._work = work
        self._crew: list[_Worker] = []
        self._told: Answer[object] | None = None
        if processes == 1:
            self._told = Success(load(False))
            return
        fork = multiprocessing.get_context("fork")
        pipes = [fork.Pipe() for _ in range(processes + 1)]
        self._news, *ours = [mine for mine, _ in pipes]
        _ours.update(mine for mine, _ in pipes)
        theirs = [other for _, other in pipes]
        self._first = fork.Process(
            target=lead, args=([*theirs], [*_ours], load, work), daemon=True, name="pitchpipe"
        )
        self._first.start()
        for other in theirs:
            other.close()
        self._crew = [_Worker(mine) for mine in ours]

    def is_ready(self) -> bool:
        """Whether `loaded` need not wait."""
        return self._told is not None or self._news.poll()

    def loaded(self) -> object:
        """What `load` returned. What it raised is raised here."""
        if self._told is None:
            self._told = _received(self._news)
        return _result(self._told)

    def each(self, tasks: Iterable[Given]) -> Iterator[Got]:
        """A result for every task, in order."""
        if not self._crew:
            yield from map(self._work, tasks)
            return
        self.loaded()
        waiting, done, shown = enumerate(tasks), dict[int, Answer[Got]](), 0
        for worker in [*self._crew, *self._crew]:
            worker.take(next(waiting, None))
        while busy := {worker.pipe: worker for worker in self._crew if worker.tasks}:
            for pipe in wait(list(busy)):
                worker = busy[cast(Connection, pipe)]
                number = worker.tasks.popleft()
                done[number] = _received(worker.pipe)
                worker.take(next(waiting, None))
            while shown in done:
                yield _result(done.pop(shown))
                shown += 1

    def dismiss(self) -> None:
        """Let the workers end, without waiting for it."""
        if self._crew:
            for pipe in [self._news, *(worker.pipe for worker in self._crew)]:
                pipe.close()
            self._first.terminate()

    def stop(self) -> None:
        self.dismiss()
        if self._crew:
            self._first.join()


@contextmanager
def workers(
    processes: int, work: Callable[[Given], Got], load: Load = _nothing
) -> Iterator[Workers[Given, Got]]:
    """Workers that are stopped in the end."""
    crew = Workers(processes, work, load)
    try:
        yield crew
    finally:
        crew.stop()


class _Worker:
    """A worker as its parent sees it: a pipe, and the numbers of the tasks that it has."""

    def __init__(self, pipe: Connection):
        self.pipe, self.tasks = pipe, deque[int]()

    def take(self, task: tuple[int, object] | None) -> None:
        """Take a task with its number. It begins when those before it are done."""
        if task is not None:
            self.pipe.send_bytes(pickle.dumps(task[1], pickle.HIGHEST_PROTOCOL))
            self.tasks.append(task[0])


def _received(pipe: Connection) -> "Answer[Got]":
    try:
        return cast("Answer[Got]", pickle.loads(pipe.recv_bytes()))
    except (EOFError, ConnectionResetError):
        raise RuntimeError(ENDED) from None


def _result(answer: "Answer[Got]") -> Got:
    if isinstance(answer, Failure):
        raise answer.error
    return answer.result
