"""Puts a whole model in the place of the adapter that a training saved, once it is proven to say the same."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe.host.contracts import Prompt, Training
from pitchpipe_stages.console import escape
from pitchpipe_stages.merge.merger import Merger, NotMerged
from pitchpipe_stages.merge.record import write_record
from pitchpipe_stages.model.ends import Ends
from pitchpipe_stages.model.load import Merges, RecipeModel

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def merge_in_place(training: Training, loader: RecipeModel, ends: Ends, prompts: Sequence[Prompt]) -> None:
    """Merge what lies in the training's folder; where that fails, the adapter stays and it is told why."""
    assert loader.adapter and isinstance(loader.adapter.bound, Merges)
    adapter, folder, settings = loader.adapter.bound, training.folder, training.model.generation_config
    _make_room(training.model)

    def load() -> "PreTrainedModel":
        base = loader.base()
        base.generation_config = settings
        return loader.adapter.bound.load(base, folder) if loader.adapter else base

    merger = Merger(adapter, training.tokenizer, ends.every, prompts, training.console)
    try:
        proof = merger.merge(folder / "whole", load, lambda whole, _: loader.model.weights(whole))
    except NotMerged as error:
        training.console.say(
            f"[yellow]warning:[/] {escape(error)}\nThe adapter is kept as it is, and needs its base wherever"
            " it is loaded."
        )
        return
    _replace_adapter(folder)
    write_record(folder, proof, prompts)
    training.console.say(f"[dim]{escape(proof)}[/]")


def _make_room(trained: "PreTrainedModel") -> None:
    """What was trained is saved: the model that is asked takes its place on the device."""
    import torch

    if trained.device.type == "cuda" and not torch.distributed.is_initialized():
        trained.cpu()
        torch.cuda.empty_cache()


def _replace_adapter(folder: Path) -> None:
    for file in folder.glob("adapter_*"):
        file.unlink()
    for file in (folder / "whole").iterdir():
        os.replace(file, folder / file.name)
    (folder / "whole").rmdir()
