"""The checkpoints of a training: which are whole, which stay, and which one it goes on from."""

import shutil
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

    def bless(self, step: int, processes: int = 1, best: int | None = None) -> None:
        """All of it is written, so older ones can go; but not the one of the `best` step."""
        folder = self.of(step)
        seal = Seal(processes, fingerprint(folder, WHOLE))
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

    def sound(self, console: pp.Console, processes: int = 1) -> Path | None:
        """The newest one whose files are as they were written. A damaged one is told, and not asked again."""
        whole = self._whole()
        for folder, before in zip_longest(whole, whole[1:]):
            if damage := self._damage(folder):
                instead = f"from step {step_of(before)}" if before else "from the beginning"
                words = f"{folder}: {damage}; training goes on {instead}"
                console.say(f"[yellow]damaged, so left aside:[/] {escape(words)}")
                (folder / WHOLE).unlink()
                continue
            self._must_fit(folder, processes)
            return folder
        return None

    def _damage(self, folder: Path) -> str:
        try:
            seal = _seal(folder)
        except msgspec.DecodeError:
            return f"the file {WHOLE} says nothing of its files"
        return "; ".join(differences(seal.files, folder, WHOLE))

    def _must_fit(self, folder: Path, processes: int) -> None:
        """A step of another number of processes takes other rows: some would be learned twice, some never."""
        before = _seal(folder).processes
        if before != processes:
            raise pp.PitchpipeError(
                f"{_count(before)} began this training, and {_count(processes)} would go on with it: a step"
                f" would take {processes}/{before} of the rows that it took, in another order, so that some"
                f" would be learned twice and some never. Start it with {_count(before)}, or begin it again:"
                f" rm -r {self.folder}"
            )

    def _whole(self) -> list[Path]:
        """The newest first."""
        whole = (mark.parent for mark in self.folder.glob(f"checkpoint-*/{WHOLE}"))
        return sorted(whole, key=step_of, reverse=True)


def step_of(checkpoint: Path) -> int:
    """The step that a checkpoint was written at."""
    return int(checkpoint.name.rpartition("-")[2])


def _seal(folder: Path) -> Seal:
    return msgspec.json.decode((folder / WHOLE).read_bytes(), type=Seal)


def _count(processes: int) -> str:
    return f"{processes} processes" if processes > 1 else "one process"
