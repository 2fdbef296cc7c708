"""The whole model of what is exported: its own folder, or its adapter merged into the base for the time."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe_stages.export.origin import Origin

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@contextmanager
def source_for(takes: str, origin: Origin, beside: Path, console: Console) -> Iterator[Path]:
    """The folder that an exporter takes: a whole "model", or an "adapter"."""
    if takes == "adapter":
        if not origin.is_adapter:
            raise PitchpipeError(
                f"{origin.folder} holds a whole model and no adapter: --to huggingface takes it as it is."
                " To keep an adapter, train with `save: adapter` among the adapter's options."
            )
        yield origin.folder
    elif not origin.is_adapter:
        yield origin.folder
    else:
        merged = beside.parent / f"{beside.name}-merged"
        shutil.rmtree(merged, ignore_errors=True)
        try:
            _merge(origin, merged, console)
            yield merged
        finally:
            shutil.rmtree(merged, ignore_errors=True)


def _merge(origin: Origin, merged: Path, console: Console) -> None:
    loader = origin.found.loader
    assert loader.adapter
    shutil.copytree(origin.folder, merged)
    with console.waiting("merging the adapter into its base"):
        whole = loader.adapter.bound.merged(loader.base(), origin.folder)
        for file in merged.glob("adapter_*"):
            file.unlink()
        whole.save_pretrained(merged)
    shutil.copyfile(origin.folder / "generation_config.json", merged / "generation_config.json")


def saved_tokenizer(source: Path) -> "PreTrainedTokenizerFast":
    """The tokenizer as it lies beside the model, with its chat template."""
    from transformers import AutoTokenizer

    tokenizer: PreTrainedTokenizerFast = AutoTokenizer.from_pretrained(source)
    return tokenizer
