"""An export, from a run's model to a folder that is proven: written, asked from outside, put in its place."""

import gc
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pitchpipe import __version__
from pitchpipe.host.contracts import Console, Export
from pitchpipe.host.protocols import Exporter, RoundsWeights
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Json
from pitchpipe.run.atomic import write_json
from pitchpipe_stages.export.destination import MARK, must_be_free, must_have_room, new_folder
from pitchpipe_stages.export.model_card import ModelCard, adapter_help
from pitchpipe_stages.export.origin import Origin
from pitchpipe_stages.export.precise import loaded
from pitchpipe_stages.export.proof import SameTokens, agreement, prove_prompts, prove_replies
from pitchpipe_stages.export.reading import read
from pitchpipe_stages.export.reference import LikelyReply, replies
from pitchpipe_stages.export.run_facts import RunFacts
from pitchpipe_stages.export.whole import saved_tokenizer, source_for, stored_type
from pitchpipe_stages.generate.opened import run_of
from pitchpipe_stages.merge.record import FILE as RECORD

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class Exported:
    """What was written: where, how it agrees with the model, and the commands that serve it."""

    folder: Path
    by: str
    agrees: SameTokens
    rounded: SameTokens | None  # with the model whose weights are rounded so too
    notes: list[str]
    commands: list[str]


def export(place: str, use: Use, out: Path, force: bool, console: Console) -> Exported:
    """Write the model of a place with an exporter, and prove what was written."""
    must_be_free(out, force)
    origin = Origin.at(place, console)
    must_have_room(out, origin.bytes * (2 if origin.is_adapter else 1))
    wanted, exporter = origin.answers(console), use.bound
    dtype = _freed(origin)
    with source_for(exporter.takes, origin, out, console) as source:
        with new_folder(out, force) as folder:
            job = _job(origin, source, folder, console)
            exporter(job)
            done = _proven(exporter, job, origin, wanted, dtype)
            _write_card(job, use, origin, out.name, done)
            _mark(job, use, place, done)
            _as_readable_as(folder / MARK)
        return Exported(out, *done, exporter.served(replace(job, folder=out)))


def _job(origin: Origin, source: Path, folder: Path, console: Console) -> Export:
    tokenizer = saved_tokenizer(source)
    return Export(source, folder, origin.name, origin.base, tokenizer, origin.template, origin.stops, console)


Proven = tuple[str, SameTokens, SameTokens | None, list[str]]


def _freed(origin: Origin) -> str:
    """Makes room for the merge and the process that asks; the type that the model had."""
    import torch

    _ = origin.base, origin.quantised  # what is to be known of it later
    dtype = str(origin.found.model.dtype).removeprefix("torch.")
    origin.found.release()
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return dtype


def _proven(exporter: Exporter, job: Export, origin: Origin, wanted: list[LikelyReply], dtype: str) -> Proven:
    """Asks the export from outside."""
    console, own, least = job.console, None, 1.0
    if (model := _measure(exporter, job, origin, dtype)) is not None:
        dtype, least = str(model.dtype).removeprefix("torch."), getattr(exporter, "alike", 1.0)
        own = _asked(model, job, origin)
        del model
        gc.collect()
    with console.waiting("asking what was written, in a process of its own"):
        found = read(exporter.reader, job.folder, job.source, origin.probes, origin.found.ends.every, dtype)
    prove_prompts(origin.probes, found, job.tokenizer)
    if own is None:
        return found.by, prove_replies(wanted, found, least, "the model", job.tokenizer), None, found.notes
    rounded = prove_replies(own, found, least, "the model with the weights that were written", job.tokenizer)
    return found.by, agreement(wanted, found.replies), rounded, found.notes


def _measure(exporter: Exporter, job: Export, origin: Origin, dtype: str) -> "PreTrainedModel | None":
    """The model whose tokens count, where it is not the run's own: its weights are rounded."""
    rounded = exporter.rounded(job) if isinstance(exporter, RoundsWeights) else None
    if rounded is not None or exporter.takes == "adapter" or not origin.is_adapter:
        return rounded
    stored = stored_type(job.source)  # merged into the base's full weights, in the type of its files
    same = stored == dtype and not origin.quantised
    return None if same else loaded(job.source, stored, origin.found.recipe)


def _asked(model: "PreTrainedModel", job: Export, origin: Origin) -> list[LikelyReply]:
    pad, label = job.tokenizer.pad_token_id, "asking the rounded model"
    return replies(model, origin.probes, origin.found.ends.every, pad, job.console, label)


def _write_card(job: Export, use: Use, origin: Origin, folder: str, done: Proven) -> None:
    """README.md, unless the exporter wrote one."""
    file, exporter, (by, agrees, rounded, notes) = job.folder / "README.md", use.bound, done
    if file.exists():
        return
    proof = _merged(job.source)
    proof += [f"{by} has the prompts of training and says what the model says: {agrees}."]
    if rounded:
        proof.append(f"The model with the weights that were written says the same: {rounded}.")
    library = {"peft": "peft", "transformers": "transformers"}.get(str(exporter.reader), str(exporter.reader))
    commands = [command.replace(str(job.folder), folder) for command in exporter.served(job)]
    run = RunFacts.of(origin.found.run) if origin.found.run else None
    card = ModelCard(
        job.name, job.base, use.component.summary, exporter.takes, library, job.stops, commands,
        [*proof, *notes], run, adapter_help(job.source),
    )  # fmt: skip
    file.write_text(card.page(), "utf-8")


def made_from(place: str) -> dict[str, list[int]]:
    """The files of weights at a place, with their sizes and dates; none for a name on the hub."""
    run = run_of(Path(place))
    files = sorted((run / "model" if run else Path(place)).glob("*.safetensors"))
    return {file.name: [file.stat().st_size, file.stat().st_mtime_ns] for file in files}


def is_there(place: str, use: Use, out: Path) -> bool:
    """Whether this very export of these very weights lies there, proven."""
    if not (out / MARK).exists():
        return False
    known, made = msgspec.json.decode((out / MARK).read_bytes(), type=Json), made_from(place)
    same = (known.get("exporter"), known.get("options")) == (use.name, use.options)
    return bool(made) and same and known.get("made from") == made


def _merged(source: Path) -> list[str]:
    """How the merge of an adapter was proven, where there was one."""
    if not (source / RECORD).exists():
        return []
    found = msgspec.json.decode((source / RECORD).read_bytes())["proof"]["agreement"]
    return [
        "The adapter was merged into its base and compared with the adapter on it: logits differ by at most"
        f" {found['largest']:.1g} of their spread (limit: {found['limit']:g})."
    ]


def _mark(job: Export, use: Use, place: str, done: Proven) -> None:
    """What this is, so that a person knows and a later export may replace it."""
    by, agrees, rounded, notes = done
    write_json(
        job.folder / MARK,
        {
            "pitchpipe": __version__,
            "from": job.name,
            "exporter": use.name,
            "made from": made_from(place),
            "options": use.options,
            "written": time.strftime("%Y-%m-%d %H:%M:%S"),
            "asked by": by,
            "agrees": str(agrees),
            "agrees with the rounded model": rounded and str(rounded),
            "notes": notes,
        },
    )


def _as_readable_as(plain: Path) -> None:
    """Libraries write weights for their owner alone; who may read a plain file may read them."""
    for file in (path for path in plain.parent.iterdir() if path.is_file()):
        file.chmod(plain.stat().st_mode)
