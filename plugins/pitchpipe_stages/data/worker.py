"""Workers from inside: a crew's first process, and those that are forked from it.

Each worker has a pipe of its own: one that loses its parent, even to `kill -9`, sees its pipe close and ends.
"""

import gc
import os
import pickle
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Generic, NoReturn, TypeVar

from pitchpipe.errors import PitchpipeError

Given = TypeVar("Given")
Got = TypeVar("Got")
Load = Callable[[bool], object]  # told whether a process of its own loads
YOUNG = 50_000  # objects: rows are many and hold no cycles, so looking for cycles seldom finds any


@dataclass
class Success(Generic[Got]):
    result: Got


@dataclass
class Failure:
    error: BaseException


Answer = Success[Got] | Failure


def lead(
    pipes: list[Connection], parents: list[Connection], load: Load, work: Callable[[Given], Got]
) -> NoReturn:
    """The life of a crew's first process: load, tell what came of it, fork the workers, end after them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    for other in parents:
        other.close()  # held open here, it would hide the parent's end from its own worker
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    news, *others = pipes
    crew: list[int] = []
    try:
        gc.disable()  # what is loaded stays
        news.send_bytes(_done(load, True))
        gc.enable()
        gc.freeze()  # what is shared stays so: nobody looks through it
        signal.signal(signal.SIGTERM, lambda *_: _end(crew))
        for pipe in others:
            crew.append(os.fork() or _serve(pipe, pipes, work))
    except OSError:  # the parent is gone
        os._exit(0)
    for pipe in pipes:
        pipe.close()
    for pid in crew:
        os.waitpid(pid, 0)
    os._exit(0)


def _end(crew: list[int]) -> None:
    for pid in crew:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def _serve(pipe: Connection, pipes: list[Connection], work: Callable[[Given], Got]) -> NoReturn:
    """One worker's life: take a task, do it, answer."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
        for other in pipes:
            if other is not pipe:
                other.close()
        while True:
            pipe.send_bytes(_done(work, pickle.loads(pipe.recv_bytes())))
    except (EOFError, OSError):
        pass  # the parent is gone
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _done(work: Callable[[Given], Got], task: Given) -> bytes:
    try:
        return pickle.dumps(Success(work(task)), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        return pickle.dumps(Failure(_sendable(error)))


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
