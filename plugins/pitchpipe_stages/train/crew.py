"""Starts the other processes of a training on this machine, and ends with them.

The first process prepares and evaluates alone. Only while it trains there are others beside it: they read the
recipe from the run directory and join. What they say goes to files, so that an error is shown once: by the
first process, whoever made it.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.run.directory import Run
from pitchpipe_stages.train import ranks, sharing
from pitchpipe_stages.train.launch import LAUNCH
from pitchpipe_stages.train.meeting import FAILED, USERS, Meeting, failure
from pitchpipe_stages.train.places import LOOPBACK, free_port, here, launched, numbered, variables

FOLDER = "processes"  # of the run directory: what the others have said
SOON, PATIENCE = 5, 30  # seconds: until what has failed is known; until a process that is told to end has


class OthersFailed(Exception):
    """An error of another process that is no fault of a user's: its message is the other's trace."""


@contextmanager
def crew(run: Run) -> Iterator[None]:
    """All processes of a training are there as long as this lasts, and share the model as is asked."""
    launch = run.recipe[LAUNCH]
    with variables(sharing.asked(launch, run.recipe.folder)):
        if ranks.STARTS in os.environ:  # the first of a machine of several
            with _others(run, ranks.the_meeting(), int(os.environ[ranks.STARTS])):
                yield
        elif not launched() and (count := here(launch)) > 1:
            place = numbered(0, 1, count, LOOPBACK, free_port())
            with variables(place), left_behind(), ranks.own_meeting() as meeting:
                meeting.say(meeting.next_training(), "begins")
                with _others(run, meeting, count):
                    yield
        else:
            yield


@contextmanager
def _others(run: Run, meeting: Meeting, count: int) -> Iterator[None]:
    others = Others(run.path, meeting, count)
    run.console.say(f"[dim]{meeting.size} processes train together[/]")
    try:
        with _fewer_threads(count):
            others.start()
            yield
            others.finish()
    except BaseException as error:
        first = others.first(error)
        if first is error:
            raise
        raise first from None
    finally:
        others.end()


class Others:
    """The processes that this one has started beside itself."""

    def __init__(self, run: Path, meeting: Meeting, count: int):
        self.run, self.meeting, self.count = run.resolve(), meeting, count
        self.started: dict[int, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()

    def start(self) -> None:
        """Each in a session of its own, so that Ctrl-C reaches the first process alone."""
        folder = self.run / FOLDER
        folder.mkdir(exist_ok=True)
        for local in range(1, self.count):
            rank = self.meeting.rank + local
            place = {"RANK": str(rank), "LOCAL_RANK": str(local), "TERM": "dumb"}
            environment = {n: v for n, v in (os.environ | place).items() if n != ranks.STARTS}
            with open(self._words_of(rank), "wb") as said:
                self.started[rank] = subprocess.Popen(
                    [sys.executable, "-m", "pitchpipe_stages.train.member", str(self.run)],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                )
        threading.Thread(target=self._look_after, daemon=True).start()
        self.meeting.watch(self._end_here)

    def finish(self) -> None:
        """They have done their part and leave; what they said is of no use any more."""
        until = time.monotonic() + PATIENCE
        for process in self.started.values():
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                break
        self._over.set()
        for rank in self.started:
            self._words_of(rank).unlink(missing_ok=True)
        with suppress(OSError):  # another machine has removed it, or keeps what its processes said
            (self.run / FOLDER).rmdir()

    def end(self) -> None:
        """None of them outlives this process."""
        self._over.set()
        for how in (signal.SIGTERM, signal.SIGKILL):
            for process in self.started.values():
                if process.poll() is None:
                    process.send_signal(how)
            for process in self.started.values():
                try:
                    process.wait(SOON)
                except subprocess.TimeoutExpired:
                    continue

    def first(self, error: BaseException) -> BaseException:
        """What failed first: this error, or that of another process, which this one only follows from."""
        if isinstance(error, PitchpipeError | KeyboardInterrupt):
            return error
        until = time.monotonic() + SOON
        while (words := self.meeting.heard(FAILED)) is None and time.monotonic() < until:
            time.sleep(0.1)
        own = failure(self.meeting.rank, self.meeting.size, error)
        words = words or self.meeting.blame(own)
        return error if words == own else self._as_error(words)

    def _as_error(self, words: str) -> BaseException:
        who, _, what = words.partition("\n")
        rank = int(who.split()[1])
        file = self._words_of(rank)
        said = f"\nAll that it said: {file}" if file.is_file() and file.stat().st_size else ""
        if what.startswith(USERS):
            return PitchpipeError(f"{who}: {what.removeprefix(USERS)}{said}")
        return OthersFailed(f"{who} has failed:\n{what}{said}")

    def _look_after(self) -> None:
        """One that is killed cannot say so."""
        while not self._over.wait(0.5):
            for rank, process in self.started.items():
                if (code := process.poll()) and not self._over.wait(0.5):
                    self.meeting.blame(f"process {rank} of {self.meeting.size}\n{USERS}{_how_it_ended(code)}")
                    return

    def _end_here(self, words: str) -> None:
        """This process waits for one that will not come: it cannot even raise an error."""
        error = self._as_error(words) if words else PitchpipeError("the other processes are gone")
        self.end()
        if sys.stderr.isatty():
            print("\x1b[?25h", end="", file=sys.stderr)  # the cursor, which a progress bar hides
        print(f"pitchpipe: {error}", file=sys.stderr, flush=True)
        os._exit(2 if isinstance(error, PitchpipeError) else 1)

    def _words_of(self, rank: int) -> Path:
        return self.run / FOLDER / f"{rank}.txt"


def _how_it_ended(code: int) -> str:
    if code > 0:
        return f"it has ended with exit code {code} and without a word."
    name = signal.Signals(-code).name
    hint = " Linux does so where memory ends (`dmesg` shows it)." if -code == signal.SIGKILL else ""
    return f"it was killed ({name}).{hint} The same command goes on from the last checkpoint."


@contextmanager
def _fewer_threads(count: int) -> Iterator[None]:
    """The cores are shared out."""
    import torch

    own = torch.get_num_threads()
    each = max(1, own // count)
    torch.set_num_threads(each)
    with variables({} if "OMP_NUM_THREADS" in os.environ else {"OMP_NUM_THREADS": str(each)}):
        try:
            yield
        finally:
            torch.set_num_threads(own)


@contextmanager
def left_behind() -> Iterator[None]:
    """What torch and Accelerate keep of several processes ends with them: what follows is done alone."""
    try:
        yield
    finally:
        from accelerate.state import AcceleratorState, GradientState
        from torch import distributed

        if distributed.is_initialized():
            distributed.destroy_process_group()
        AcceleratorState._reset_state(reset_partial_state=True)
        GradientState._reset_state()
