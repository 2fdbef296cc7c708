"""Merges the adapter of a run into the weights of its base, as they were before they were quantised."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe_stages.export.page import write_page
from pitchpipe_stages.export.precise import loaded, must_be_full, must_be_the_base, precise_recipe
from pitchpipe_stages.generate.places import recipe_of, run_of, variables_of
from pitchpipe_stages.merge.merger import MergeProof, Merger
from pitchpipe_stages.merge.prompts import probe_prompts
from pitchpipe_stages.merge.record import write_record
from pitchpipe_stages.model.ends import Ends
from pitchpipe_stages.model.load import Merges, RecipeModel
from pitchpipe_stages.model.sections import ADAPTER
from pitchpipe_stages.model.serving_files import save_for_serving
from pitchpipe_stages.render.rendering import Rendering
from pitchpipe_stages.render.sections import MODEL

if TYPE_CHECKING:
    from transformers import GenerationConfig, PreTrainedModel, PreTrainedTokenizerFast

Dtype = Literal["auto", "float32", "bfloat16", "float16"]


@runtime_checkable
class Mixes(Protocol):
    """An adapter that can be added up with others of the same base, each with a weight."""

    def mixed(
        self, model: "PreTrainedModel", folder: Path, others: Sequence[Path], weights: Sequence[float], /
    ) -> "PreTrainedModel": ...


@dataclass(frozen=True)
class MergeOrder:
    """What is to be merged, and into what. `others` are runs or folders of adapters; `weights` are of all."""

    run: Path
    dtype: Dtype = "auto"
    others: Sequence[str] = ()
    weights: Sequence[float] = ()
    base: str | None = None


@dataclass(frozen=True)
class MergedModel:
    """A model whose weights lie in a folder, and what belongs beside them."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerFast"
    new_tokens: list[int]
    folder: Path
    console: Console


class RunMerge:
    """The adapter of a run, on its way into the weights of its base."""

    def __init__(self, wanted: MergeOrder, console: Console):
        self.wanted, self.console, self.saved = wanted, console, wanted.run / "model"
        self.others = [adapter_of(place) for place in wanted.others]
        self.recipe = precise_recipe(wanted.run, wanted.dtype, wanted.base)
        self.adapter = _merges(self.recipe)
        if not wanted.base:
            must_be_the_base(wanted.run, self.recipe)
        rendering = Rendering.of(self.recipe)
        assert rendering
        self.rendering, self.loader = rendering, RecipeModel(self.recipe, rendering)

    def into(self, folder: Path, home: Path) -> MergeProof:
        """Write the whole model into a folder that is not there yet, proven, or raise and leave nothing.

        `home` is where it will be in the end.
        """
        wanted, settings = self.wanted, _settings(self.saved)
        base = getattr(self.loader.model, "folder", None)
        if base and base.resolve() == home.resolve():
            raise PitchpipeError(f"{home} is what is merged into. Name another folder.")
        prompts = probe_prompts(self.rendering.renderer, wanted.run / "prepared")
        merger = Merger(
            self.adapter,
            self.rendering.tokenizer,
            settings.eos_token_id,
            prompts,
            self.console,
            None if wanted.dtype == "auto" else wanted.dtype,
            self._as_trained(),
        )
        proof = merger.merge(folder, self._load, partial(loaded, recipe=self.recipe), self._finish)
        said: Json = {"run": str(wanted.run), "base": self._base, "revision": self.loader.revision}
        if self.others:
            said |= {"adapters": [str(self.saved), *map(str, self.others)], "weights": list(wanted.weights)}
        write_record(folder, proof, prompts, **said)
        write_page(folder, home.resolve(), proof, said)
        return proof

    def _load(self) -> "PreTrainedModel":
        """The base with the adapter on it, or with several."""
        base, bound = self.loader.base(), self.adapter
        must_be_full(base, self.wanted.run)
        self._base, settings = base.name_or_path, _settings(self.saved)
        self._ends = Ends.of(base, self.rendering.tokenizer, self.rendering.renderer)
        base.generation_config = settings
        adapted: PreTrainedModel = self.recipe[ADAPTER].bound.load(base, self.saved)  # type: ignore[union-attr]
        if not self.others and set(self.wanted.weights) <= {1.0}:
            return adapted
        if not isinstance(bound, Mixes):
            raise PitchpipeError("only LoRA adapters can be added up. Merge this one alone.")
        return bound.mixed(adapted, self.saved, self.others, self.wanted.weights)

    def _finish(self, whole: "PreTrainedModel", folder: Path) -> None:
        """Beside the weights lies what a server needs to speak as training did."""
        written = MergedModel(whole, self.rendering.tokenizer, self.loader.new_tokens, folder, self.console)
        defaults = variables_of(self.wanted.run)
        save_for_serving(
            written, self.rendering.renderer, self._ends, self.loader.before.rows, folder, defaults
        )

    def _as_trained(self) -> "Callable[[], PreTrainedModel] | None":
        """The model that was trained, where its base was another than the one that is merged into."""
        recipe = recipe_of(self.wanted.run)
        model, rendering = recipe[MODEL], Rendering.of(recipe)
        assert model and rendering
        if self.others or not model.bound.quantised:
            return None
        return lambda: RecipeModel(recipe, rendering).tuned(self.saved)


def adapter_of(place: str) -> Path:
    """The folder of an adapter: that of a run, or itself."""
    run = run_of(Path(place))
    folder = run / "model" if run else Path(place)
    if not (folder / "adapter_config.json").exists():
        raise PitchpipeError(f"{place} holds no adapter: there is no adapter_config.json")
    return folder


def _merges(recipe: Recipe) -> Merges:
    adapter = recipe[ADAPTER]
    assert adapter
    if not isinstance(adapter.bound, Merges):
        raise PitchpipeError(
            f"adapter {adapter.name}: what it learned stands before the text and is no part of the weights,"
            " so it cannot be merged. Load the base with the adapter on it, as the run's model/README.md or"
            " PEFT's documentation shows."
        )
    return adapter.bound


def _settings(folder: Path) -> "GenerationConfig":
    from transformers import GenerationConfig

    return GenerationConfig.from_pretrained(folder)
