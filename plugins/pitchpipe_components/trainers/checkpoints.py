"""The checkpoints of a training: which are whole, which stay, and which one it goes on from."""

import shutil
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path

import msgspec
from rich.markup import escape

import pitchpipe as pp
from pitchpipe_components.trainers.fingerprint import Fingerprint, differences, fingerprint

WHOLE = "whole"  # a file of a checkpoint, written when all others are


class Seal(msgspec.Struct):
    """What the file `whole` says."""

    processes: int  # that trained together
    accumulate: int  # batches of each that made a step
    sharing: str  # how the model was shared out among them: one of KINDS in asked.py, or nothing
    files: Fingerprint


class Checkpoints:
    """The checkpoints that Trainer writes into a folder, file by file. The newest `limit` stay."""

    def __init__(self, folder: Path, limit: int = 2):
        self.folder, self.limit = folder, limit

    def of(self, step: int) -> Path:
        """The folder of a step's checkpoint."""
        return self.folder / f"checkpoint-{step}"

    def clear(self, step: int) -> None:
        """Nothing of an earlier attempt stays in a checkpoint that is about to be written."""
        self.condemn(step)
        shutil.rmtree(self.of(step), ignore_errors=True)

    def bless(
        self,
        step: int,
        best: int | None = None,
        processes: int = 1,
        accumulate: int = 1,
        sharing: str = "",
    ) -> None:
        """All of it is written, so older ones can go; but not the one of the `best` step."""
        folder = self.of(step)
        seal = Seal(processes, accumulate, sharing, fingerprint(folder, WHOLE))
        new = folder / f"{WHOLE}.new"
        new.write_bytes(msgspec.json.encode(seal))
        new.replace(folder / WHOLE)
        staying = {self.of(best or step), *self._whole()[: self.limit]}
        for path in self.folder.glob("checkpoint-*"):
            if path not in staying:
                shutil.rmtree(path, ignore_errors=True)

    def condemn(self, step: int) -> None:
        """Its weights give no numbers."""
        (self.of(step) / WHOLE).unlink(missing_ok=True)

    def last(self) -> Path | None:
        """The newest one that was written to its end."""
        return next(iter(self._whole()), None)

    def seal(self) -> Seal | None:
        """How the newest one was written that says so; all of a training share out the same steps."""
        for folder in self._whole():
            with suppress(msgspec.DecodeError):
                return _seal(folder)
        return None

    def processes(self, folder: Path) -> int:
        """How many wrote a checkpoint."""
        return _seal(folder).processes

    def sound(self, console: pp.Console) -> Path | None:
        """The newest one whose files are as they were written. A damaged one is told, and not asked again."""
        whole = self._whole()
        for folder, before in zip_longest(whole, whole[1:]):
            if damage := self._damage(folder):
                instead = f"from step {step_of(before)}" if before else "from the beginning"
                words = f"{folder}: {damage}; training goes on {instead}"
                console.say(f"[yellow]damaged, so left aside:[/] {escape(words)}")
                (folder / WHOLE).unlink()
                continue
            return folder
        return None

    def _damage(self, folder: Path) -> str:
        try:
            seal = _seal(folder)
        except msgspec.DecodeError:
            return f"the file {WHOLE} says nothing of its files"
        return "; ".join(differences(seal.files, folder, WHOLE))

    def _whole(self) -> list[Path]:
        """The newest first."""
        whole = (mark.parent for mark in self.folder.glob(f"checkpoint-*/{WHOLE}"))
        return sorted(whole, key=step_of, reverse=True)


def step_of(checkpoint: Path) -> int:
    """The step that a checkpoint was written at."""
    return int(checkpoint.name.rpartition("-")[2])


def _seal(folder: Path) -> Seal:
    return msgspec.json.decode((folder / WHOLE).read_bytes(), type=Seal)
