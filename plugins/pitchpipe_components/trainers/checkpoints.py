"""Which checkpoints a training may continue from."""

from pathlib import Path

WHOLE = "whole"  # a checkpoint holds a file of this name once all of it is written


class Checkpoints:
    """The checkpoints that Trainer writes into a folder, file by file."""

    def __init__(self, folder: Path):
        self.folder = folder

    def bless(self, step: int) -> None:
        """All of it is written."""
        (self._of(step) / WHOLE).touch()

    def condemn(self, step: int) -> None:
        """Its weights give no numbers."""
        (self._of(step) / WHOLE).unlink(missing_ok=True)

    def last(self) -> Path | None:
        """The newest one to continue from; Trainer writes over the others."""
        whole = [mark.parent for mark in self.folder.glob(f"checkpoint-*/{WHOLE}")]
        return max(whole, key=lambda path: int(path.name.rpartition("-")[2])) if whole else None

    def _of(self, step: int) -> Path:
        return self.folder / f"checkpoint-{step}"
