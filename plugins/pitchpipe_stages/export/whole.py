"""The whole model of what is exported: its own folder, or its adapter merged into the base for the time."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.records.conversation import Json
from pitchpipe_stages.console import escape
from pitchpipe_stages.export.merge import MergeOrder, RunMerge
from pitchpipe_stages.export.origin import Origin
from pitchpipe_stages.merge.merger import MergeProof

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@contextmanager
def source_for(takes: str, origin: Origin, out: Path, console: Console) -> Iterator[Path]:
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
        merged = out.parent / f".{out.name}.merged"
        shutil.rmtree(merged, ignore_errors=True)
        try:
            console.say(f"[dim]{escape(_merged(origin, merged, console))}[/]")
            yield merged
        finally:
            shutil.rmtree(merged, ignore_errors=True)


def _merged(origin: Origin, folder: Path, console: Console) -> MergeProof:
    run = origin.found.run
    assert run
    return RunMerge(MergeOrder(run), console).into(folder, folder)


def saved_tokenizer(source: Path) -> "PreTrainedTokenizerFast":
    """The tokenizer as it lies beside the model, with its chat template."""
    from transformers import AutoTokenizer

    return cast("PreTrainedTokenizerFast", AutoTokenizer.from_pretrained(source))


def stored_type(source: Path) -> str:
    """The type of a model's weights in its files, as its config says."""
    said = msgspec.json.decode((source / "config.json").read_bytes(), type=Json)
    return str(said.get("dtype") or said.get("torch_dtype") or "float32")
