"""What is exported: the model of a run, of a folder or of the hub, opened and asked as it was trained."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.records.template import Turns
from pitchpipe_stages.export.probes import ClientPrompt, probes
from pitchpipe_stages.export.reference import LikelyReply, replies
from pitchpipe_stages.generate.opened import OpenedModel, opened, run_of
from pitchpipe_stages.model.load import is_whole
from pitchpipe_stages.render.rules import Ruled
from pitchpipe_stages.render.turns import TurnsWriter


@dataclass
class Origin:
    """A model, and the folder that holds it or its adapter."""

    found: OpenedModel
    folder: Path
    name: str

    @classmethod
    def at(cls, place: str, console: Console) -> "Origin":
        found = opened(place, console)
        if found.run:
            return cls(found, found.run / "model", found.run.resolve().name)
        folder = Path(place) if Path(place).exists() else _snapshot(place)
        return cls(found, folder, Path(place).resolve().name)

    @property
    def is_adapter(self) -> bool:
        return not is_whole(self.folder)

    @cached_property
    def quantised(self) -> bool:
        """Whether its weights are rounded while it is asked."""
        return bool(getattr(self.found.model, "is_quantized", False))

    @cached_property
    def base(self) -> str:
        """The name of the base on the hub; empty where it is a folder, or the model is its own base."""
        name = self.found.model.name_or_path or ""
        bound = self.found.loader.model
        named = getattr(bound, "name", None) or ("" if Path(name).exists() else name)
        return str(named) if self.found.run else ""

    @property
    def template(self) -> Turns | None:
        """The template, where it is data."""
        writer = self.found.renderer.serving
        writer = writer.writer if isinstance(writer, Ruled) else writer
        return writer.turns if isinstance(writer, TurnsWriter) else None

    @property
    def stops(self) -> list[str]:
        """The tokens that end a reply, that of the template first."""
        tokens = self.found.tokenizer.convert_ids_to_tokens(self.found.ends.every)
        return list(dict.fromkeys([*self.found.renderer.stops, *tokens]))

    @property
    def bytes(self) -> int:
        """The size of all weights in the type that they are computed in."""
        width = 2 if self.quantised else self.found.model.dtype.itemsize
        return sum(weight.numel() for weight in self.found.model.parameters()) * width

    @cached_property
    def probes(self) -> list[ClientPrompt]:
        found = probes(self.found.renderer, self.found.run)
        if not found:
            raise PitchpipeError("the template can write no prompt, so no export can be proven")
        return found

    def answers(self, console: Console) -> list[LikelyReply]:
        """The run's own replies, to which all exports are held."""
        found = self.found
        pad = found.tokenizer.pad_token_id
        return replies(found.model, self.probes, found.ends.every, pad, console, "asking the model")


def default_place(place: str, form: str) -> Path:
    """Where an export goes if nobody says: into its run, or beside a folder of that name."""
    run = run_of(Path(place))
    return run / "exports" / form if run else Path(f"{Path(place).resolve().name}-{form}")


def _snapshot(name: str) -> Path:
    """The files of a name on the hub, on this machine."""
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(name))
