"""Where the processes of a launch meet: the store of torch.distributed, at MASTER_ADDR and MASTER_PORT."""

import os
import socket
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch.distributed import TCPStore

FAILED, LEFT = "failed", "left"
USERS = "pitchpipe: "  # before an error that a user can cure
FIRST = "the first process, or its launcher,"
EVERY, GRACE = 2, 10  # seconds: between two looks, and until a process that did not end by itself is ended


def failure(rank: int, size: int, error: BaseException) -> str:
    """An error of a process in words: who, and what; with its way there where it is no fault of a user's."""
    own = isinstance(error, PitchpipeError)
    said = str(error) if own else "".join(traceback.format_exception(error)).rstrip()
    return f"process {rank} of {size}\n{USERS if own else ''}{said}"


class Meeting:
    """What the processes of one launch say to each other. It ends with the launch, so nothing in it is old.

    torchrun and what stands on it keep the store themselves; else the first process does, as
    torch.distributed will when it trains.
    """

    PATIENCE = 60  # seconds until a process that should be there is missing

    def __init__(self, rank: int, size: int):
        self.rank, self.size = rank, size
        self._attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
        self._kept_by_launcher = os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True"
        self._over = threading.Event()
        self._trainings = 0
        self._watcher: threading.Thread | None = None
        self._last: Callable[[str], object] | None = None
        self._store = self._open()

    def _open(self) -> "TCPStore":
        from datetime import timedelta

        place, port = os.environ.get("MASTER_ADDR"), os.environ.get("MASTER_PORT")
        if not (place and port):
            raise PitchpipeError(
                f"RANK is {self.rank} of {self.size}, and no MASTER_ADDR and MASTER_PORT say where the"
                " processes meet. Start them with torchrun or accelerate launch, or set both."
            )
        keeps = self.rank == 0 and not self._kept_by_launcher
        if not keeps:
            self._reach(place, int(port))
        os.environ.setdefault(
            "TORCH_CPP_LOG_LEVEL", "ERROR"
        )  # else each lost connection is told with a trace
        from torch.distributed import TCPStore

        patience = timedelta(seconds=self.PATIENCE)
        try:
            return TCPStore(
                place, int(port), self.size, keeps, patience, wait_for_workers=False, multi_tenant=True
            )
        except RuntimeError as error:
            said = str(error).partition("\n")[0]
            raise PitchpipeError(f"the processes cannot meet at {place}:{port}: {said}") from error

    def _reach(self, place: str, port: int) -> None:
        """The first process may come later than the others."""
        until = time.monotonic() + self.PATIENCE
        while True:
            try:
                return socket.create_connection((place, port), timeout=EVERY).close()
            except OSError as error:
                if time.monotonic() > until:
                    raise PitchpipeError(
                        f"process {self.rank} of {self.size}: for {self.PATIENCE} seconds nobody has answered"
                        f" at {place}:{port} (MASTER_ADDR and MASTER_PORT), where the first process, RANK 0,"
                        f" should be: {error}"
                    ) from error
            time.sleep(0.2)

    def next_training(self) -> str:
        """The key of what is said of it: recipes that follow each other train one after another."""
        self._trainings += 1
        return f"training {self._trainings}"

    def say(self, key: str, words: str) -> None:
        """Leave words for all."""
        self._store.set(self._key(key), words)

    def heard(self, key: str) -> str | None:
        """What somebody has said, if anybody has."""
        try:
            known = self._store.check([self._key(key)])
            return self._store.get(self._key(key)).decode() if known else None
        except RuntimeError:
            raise self._ended(FIRST) from None

    def fail(self, error: BaseException) -> None:
        """Tell the others of an error, unless another process failed first: then that is the error."""
        own = failure(self.rank, self.size, error)
        who, first = own.partition("\n")[0], self.blame(own).partition("\n")[0]
        if first != who:
            time.sleep(EVERY)  # launchers stop all when one ends: the first has time to show its error
            raise self._ended(first) from None

    def blame(self, words: str) -> str:
        """Say what has failed, unless something else did so first; and what was the first."""
        try:
            return self._store.compare_set(self._key(FAILED), "", words).decode()
        except RuntimeError:
            raise self._ended(FIRST) from None

    def watch(self, last: "Callable[[str], object] | None" = None) -> None:
        """End this process where another one has failed, even if it waits for that one. Before that it does
        what is `last`, with the words of the first failure."""
        self._last = last or self._last
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, daemon=True)
            self._watcher.start()

    def leave(self) -> None:
        """The first process stays until all have gone, where it keeps what they read."""
        try:
            gone = self._store.add(self._key(LEFT), 1)
            if self.rank == 0 and not self._kept_by_launcher:
                for _ in range(GRACE * 10):
                    if gone == self.size or self.heard(FAILED) is not None:
                        break
                    self._over.wait(0.1)
                    gone = self._store.add(self._key(LEFT), 0)
        except (RuntimeError, PitchpipeError):
            pass  # there is nobody left
        self._over.set()

    def _watch(self) -> None:
        while (ended := self._looked()) is None:
            if self._over.wait(EVERY):
                return
        if not self._over.wait(GRACE):  # it may see by itself that nobody answers
            if self._last:
                self._last(self._first())
            print(f"pitchpipe: {ended}", file=sys.stderr, flush=True)
            os._exit(1)

    def _first(self) -> str:
        """The words of the first failure, if the store still has them."""
        try:
            return self.heard(FAILED) or ""
        except PitchpipeError:
            return ""

    def _looked(self) -> PitchpipeError | None:
        try:
            failed = self.heard(FAILED)
        except PitchpipeError as lost:
            return lost
        return self._ended(failed.partition("\n")[0]) if failed else None

    def _ended(self, who: str) -> PitchpipeError:
        return PitchpipeError(
            f"process {self.rank} of {self.size} ends, because {who} has failed or is gone."
        )

    def _key(self, name: str) -> str:
        return f"pitchpipe {self._attempt} {name}"
