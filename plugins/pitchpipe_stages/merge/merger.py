"""Merges an adapter into its base and writes the whole model; what is not proven to say the same is not kept.

Of the two models only one is in memory. The base's weights are mapped from its files, changed where they lie,
and written in shards.
"""

import gc
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console, Prompt
from pitchpipe_stages.merge.agreement import LIMITS, Agreement, agreement
from pitchpipe_stages.merge.layers import LayerProbe, Layers
from pitchpipe_stages.merge.memory import given_back
from pitchpipe_stages.merge.probed import Probed, probed
from pitchpipe_stages.model.finite import broken_in
from pitchpipe_stages.model.load import Merges

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

SHARD = "4GB"  # of a file of weights
STEPS = 5
PRECISION = ("bfloat16", "float16", "float32")  # from the coarsest to the finest


class NotMerged(PitchpipeError):
    """The merged model does not say what its base says with the adapter on it."""


class MergeProof(Struct, frozen=True):
    """That a merged model says what its base says with the adapter on it."""

    dtype: str  # of the weights that were written
    agreement: Agreement
    layers: Layers
    trained: Agreement | None = None  # with the adapter on the base as it was trained, where that is another

    @property
    def failures(self) -> list[str]:
        return [*self.layers.failures, *self.agreement.failures]

    def __str__(self) -> str:
        return "\n".join(["Merged, and asked beside the base with its adapter:", *self.lines])

    @property
    def lines(self) -> list[str]:
        """What was compared, for people."""
        return [*self.agreement.lines, *self.layers.lines]


@dataclass
class Merger:
    """How a model is merged and asked. `dtype` is the type of the weights to write; None: as they are."""

    adapter: Merges
    tokenizer: "PreTrainedTokenizerFast"
    stops: list[int]
    prompts: Sequence[Prompt]
    console: Console
    dtype: str | None = None
    trained: "Callable[[], PreTrainedModel] | None" = None  # the model as it was trained, if it was quantised

    def merge(
        self,
        folder: Path,
        load: "Callable[[], PreTrainedModel]",
        reload: "Callable[[Path, str], PreTrainedModel]",
        finish: "Callable[[PreTrainedModel, Path], None]" = lambda model, folder: None,
    ) -> MergeProof:
        """Write the whole model into a folder that is not there yet, or raise `NotMerged` and leave nothing.

        `load` gives the base with its adapter, `reload` the model of a folder in a type of weights; `finish`
        writes what belongs beside them.
        """
        with _gone_if_it_fails(folder), given_back(), self._scratch(folder) as scratch, self._bar() as tick:
            measure, layers, own = self._written(folder, scratch, load, finish, tick)
            proof = self._proof(folder, scratch, measure, layers, own, reload, tick)
            if proof.failures:
                raise NotMerged(f"the merged model is not what the adapter is on its base:{_lines(proof)}")
            return structs.replace(proof, trained=self._as_trained(measure, scratch, own))

    def _written(
        self,
        folder: Path,
        scratch: Path,
        load: "Callable[[], PreTrainedModel]",
        finish: "Callable[[PreTrainedModel, Path], None]",
        tick: Callable[..., None],
    ) -> tuple[Probed, LayerProbe, str]:
        """Ask the model with its adapter, merge, write. What it said, and the type in which it did."""
        import torch

        tick(0, note="loading the base with the adapter")
        model = load()
        own = _name(model.dtype)
        tick(1, note="asking it")
        measure = self._ask(model, scratch / "adapter")
        layers = LayerProbe(model)
        tick(1, note="merging and writing")
        self._must_have_room(model, measure, folder)
        whole = self.adapter.merged(model)
        whole.to(getattr(torch, self.dtype or own))
        whole.save_pretrained(folder, max_shard_size=SHARD)
        finish(whole, folder)
        return measure, layers, own

    def _proof(
        self,
        folder: Path,
        scratch: Path,
        measure: Probed,
        layers: LayerProbe,
        own: str,
        reload: "Callable[[Path, str], PreTrainedModel]",
        tick: Callable[..., None],
    ) -> MergeProof:
        gc.collect()  # models hold themselves in circles
        if broken := broken_in(folder):
            raise NotMerged(
                f"merged, weights are not finite numbers: {broken}. float16 has no room for large ones, and"
                " bfloat16 has."
            )
        tick(1, note="loading what was written")
        dtype = self.dtype or own
        model = reload(folder, dtype)
        tick(1, note="asking it")
        other = self._ask(model, scratch / "merged", beside=measure)
        tick(1)
        coarser = min(own, dtype, _name(model.dtype), key=PRECISION.index)
        return MergeProof(
            dtype, agreement(measure, other, self.tokenizer, coarser), layers.compare(model, coarser)
        )

    def _as_trained(self, measure: Probed, scratch: Path, dtype: str) -> Agreement | None:
        gc.collect()
        if self.trained is None:
            return None
        other = self._ask(self.trained(), scratch / "trained", beside=measure)
        return agreement(measure, other, self.tokenizer, dtype)

    def _must_have_room(self, model: "PreTrainedModel", measure: Probed, folder: Path) -> None:
        """Ask before a byte is written."""
        import torch

        size = getattr(torch, self.dtype or _name(model.dtype)).itemsize
        need = model.num_parameters() * size + measure.size()
        free = shutil.disk_usage(folder.parent).free
        if need > free:
            raise PitchpipeError(
                f"{folder.parent} has room for {free / 1e6:,.0f} MB, and the merged model needs"
                f" {need / 1e6:,.0f}. Make room, or name a folder on another disk."
            )

    def _ask(self, model: "PreTrainedModel", folder: Path, beside: Probed | None = None) -> Probed:
        return probed(model, self.tokenizer, self.stops, self.prompts, folder, beside)

    @contextmanager
    def _scratch(self, folder: Path) -> Iterator[Path]:
        scratch = folder.with_name(f".{folder.name}.asked")
        shutil.rmtree(scratch, ignore_errors=True)  # of a merge that was killed
        scratch.mkdir(parents=True)
        with _gone(scratch):
            yield scratch

    @contextmanager
    def _bar(self) -> Iterator[Callable[..., None]]:
        with self.console.bar("merge", STEPS) as tick:
            yield tick


@contextmanager
def _gone(folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _gone_if_it_fails(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _lines(proof: MergeProof) -> str:
    return "".join(f"\n  - {failure}" for failure in proof.failures)


def _name(dtype: object) -> str:
    name = str(dtype).removeprefix("torch.")
    if name not in LIMITS:
        raise PitchpipeError(f"weights of the type {name} cannot be merged: {', '.join(LIMITS)} can")
    return name
