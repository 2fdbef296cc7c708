"""Reads data sets of the Hugging Face hub, and folders that its library saved or can load."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from pitchpipe import PitchpipeError, Row
from pitchpipe_components.files.paths import files_of
from pitchpipe_components.files.run_directories import never_a_source, run_directory_of
from pitchpipe_components.files.stand_ins import pointer
from pitchpipe_components.hub import commit_of, record, snapshot

BATCH = 1000  # rows that one part holds
# The library's errors for a wrong name, split or subset, a missing network, or code that it refuses to run.
FAILURES = (ValueError, AssertionError, OSError, RuntimeError, NotImplementedError)
MEDIA = re.compile(r"\b(?:Image|Audio|Video|Pdf|Nifti)\(")


@dataclass(frozen=True)
class Range:
    """Neighbouring rows of a memory-mapped data set; other processes get only their place."""

    dataset: Any
    file: str
    first: int
    notes: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        columns = self.dataset[:]
        for number, cells in enumerate(zip(*columns.values(), strict=True), self.first):
            yield Row(dict(zip(columns, cells, strict=True)), self.file, number, "", self.notes)


@dataclass(frozen=True)
class Batch:
    """Rows of a stream."""

    data: tuple[dict[str, Any], ...]
    file: str
    first: int
    notes: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        for number, data in enumerate(self.data, self.first):
            yield Row(data, self.file, number, "", self.notes)


class HuggingFace:
    """Reads rows of a data set: a `name` on the Hugging Face hub, or a `folder`.

    `save_to_disk` wrote the folder, or it holds data files with the layout of the hub. Code that comes with a
    data set never runs. Columns of images, audio and video are left out, and a note says so.
    """

    def __init__(
        self,
        name: Annotated[str | None, Meta(description="the data set's name on the hub")] = None,
        folder: Annotated[
            Path | None, Meta(description="a folder that holds the data set, relative to the recipe's folder")
        ] = None,
        subset: Annotated[str | None, Meta(description="a configuration of the data set")] = None,
        split: Annotated[
            str, Meta(description="a split, or a part of one: train[:1000] or train[:10%]")
        ] = "train",
        streaming: Annotated[bool, Meta(description="read while downloading, keep nothing on disk")] = False,
        revision: Annotated[str | None, Meta(description="a commit, tag or branch on the hub")] = None,
    ) -> None:
        if (name is None) == (folder is None):
            raise ValueError("say either the data set's 'name' on the hub or the 'folder' that holds it")
        if folder is not None:
            _check_folder(folder)
        self.saved = folder is not None and any(
            (folder / file).exists() for file in ("dataset_dict.json", "state.json")
        )
        if self.saved and (streaming or subset):
            raise ValueError(f"{folder} was saved by save_to_disk: it takes neither 'streaming' nor 'subset'")
        self.name = name or str(folder)
        self.folder, self.subset, self.split = folder, subset, split
        self.streaming, self.revision = streaming, revision

    def inputs(self) -> list[Path]:
        """Returns all files of the folder."""
        return sorted(path for path in self.folder.rglob("*") if path.is_file()) if self.folder else []

    def commits(self) -> dict[str, str]:
        """Returns the commit that the data set's name on the hub means now."""
        return {} if self.folder else record(self.name, self.revision, "dataset")

    def parts(self) -> Iterator[Range | Batch]:
        dataset, left_out = _without_media(self._opened())
        notes = tuple(f"column of images, audio or video left out: {name}" for name in left_out)
        return self._batches(dataset, notes) if self.streaming else self._ranges(dataset, notes)

    def __call__(self) -> Iterator[Row]:
        for part in self.parts():
            yield from part.rows()

    def _ranges(self, dataset: Any, notes: tuple[str, ...]) -> Iterator[Range]:
        for start in range(0, len(dataset), BATCH):
            rows = dataset.select(range(start, min(start + BATCH, len(dataset))))
            yield Range(rows, self.name, start + 1, notes)

    def _batches(self, dataset: Any, notes: tuple[str, ...]) -> Iterator[Batch]:
        rows, first = iter(dataset), 1
        while batch := tuple(islice(rows, BATCH)):
            yield Batch(batch, self.name, first, notes)
            first += len(batch)

    def _opened(self) -> Any:
        import datasets

        try:
            if self.saved:
                return self._of_saved(datasets.load_from_disk(self.name))
            place, commit = self._place()
            return datasets.load_dataset(
                place, self.subset, split=self.split, streaming=self.streaming, revision=commit
            )
        except (datasets.exceptions.DatasetsError, *FAILURES) as error:
            raise PitchpipeError(self._complaint(error)) from error

    def _place(self) -> tuple[str, str | None]:
        """Returns what to load and its commit; offline the folder of the cache that holds the commit."""
        from huggingface_hub import constants

        if self.folder:
            return str(self.folder), None
        commit = commit_of(self.name, self.revision, "dataset")
        kept = snapshot(self.name, commit, "dataset") if constants.HF_HUB_OFFLINE else None
        if kept and files_of(kept, "text").files:
            return str(kept), None
        return self.name, commit or self.revision

    def _of_saved(self, saved: Any) -> Any:
        """Returns the rows of a split, or of a part of it, from a folder that `save_to_disk` wrote."""
        import datasets

        splits = saved if isinstance(saved, dict) else {str(saved.split or "train"): saved}
        instruction = datasets.ReadInstruction.from_spec(self.split)
        parts = instruction.to_absolute({name: len(rows) for name, rows in splits.items()})
        return datasets.concatenate_datasets(
            [splits[part.splitname].select(range(part.from_ or 0, _end(part, splits))) for part in parts]
        )

    def _complaint(self, error: Exception) -> str:
        reason = str(error).partition("\n")[0]
        if self.streaming and "split" in reason and "[" in self.split:
            reason += " (streaming reads whole splits)"
        if isinstance(error, ConnectionError):
            reason += " Check the network, and that HF_HUB_OFFLINE is not set."
        return f"the data set '{self.name}' cannot be loaded: {reason}"


def _check_folder(folder: Path) -> None:
    """Raises a ValueError for a folder that holds no data."""
    if not folder.is_dir():
        raise ValueError(f"no folder {folder}")
    if run := run_directory_of(folder):
        raise ValueError(never_a_source(folder, run))
    shown = (path for path in folder.rglob("*.*") if "/." not in f"/{path.relative_to(folder)}")
    if problem := next(filter(None, map(pointer, shown)), ""):
        raise ValueError(problem)


def _end(part: Any, splits: dict[str, Any]) -> int:
    return len(splits[part.splitname]) if part.to is None else int(part.to)


def _without_media(dataset: Any) -> tuple[Any, list[str]]:
    """Removes the columns that hold images, audio or the like, and returns their names too."""
    features = dataset.features or {}
    media = [name for name, feature in features.items() if MEDIA.search(repr(feature))]
    return (dataset.remove_columns(media), media) if media else (dataset, [])
