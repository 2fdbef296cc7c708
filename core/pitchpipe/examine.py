"""What `pitchpipe doctor` looks at: versions, extras, devices, plugins; and a recipe's model."""

import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pitchpipe import __version__
from pitchpipe.errors import PitchpipeError

if TYPE_CHECKING:
    from pitchpipe.console import Console
    from pitchpipe.recipe import Recipe

Table = tuple[str, list[str], list[list[str]]]


def everything() -> Iterator[Table]:
    yield "This machine", ["", ""], [*_machine(), *_devices()]
    yield "Packages", ["package", "version", "what it is for", "cure"], list(_packages())
    yield "Plugins", ["plugin", "from", "state"], list(_plugins())


def _machine() -> Iterator[list[str]]:
    yield ["pitchpipe", f"{__version__}, in {Path(__file__).parent}"]
    yield ["Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"]
    yield [
        "processor",
        f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores",
    ]
    yield [
        "hub",
        "offline (HF_HUB_OFFLINE)" if os.environ.get("HF_HUB_OFFLINE", "0") not in ("", "0") else "online",
    ]


def _devices() -> Iterator[list[str]]:
    try:
        import torch
    except ImportError:
        yield ["devices", "unknown without torch"]
        return
    for index in range(torch.cuda.device_count()):
        device = torch.cuda.get_device_properties(index)
        yield [f"GPU {index}", f"{device.name}, {device.total_memory >> 30} GiB"]
    if torch.backends.mps.is_available():
        yield ["GPU", "Apple"]
    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        yield ["GPU", "none: training runs on the processor, which fits tiny models only"]


def _packages() -> Iterator[list[str]]:
    """The packages of each extra, as this distribution declares them."""
    from importlib.metadata import PackageNotFoundError, requires, version

    from packaging.requirements import Requirement

    for text in requires("pitchpipe") or []:
        requirement = Requirement(text)
        marker = requirement.marker
        extra = next(
            (name for name in ("train", "eval") if marker and marker.evaluate({"extra": name})), None
        )
        if requirement.name == "pitchpipe" or (marker and extra is None):
            continue
        cure = f"pip install 'pitchpipe[{extra}]'" if extra else "pip install pitchpipe"
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            yield [requirement.name, "missing", extra or "always", cure]
        else:
            fits = requirement.specifier.contains(found, prereleases=True)
            wrong = "" if fits else f"needs {requirement.specifier}: {cure} -U"
            yield [requirement.name, found, extra or "always", wrong]


def _plugins() -> Iterator[list[str]]:
    from pitchpipe.host import Host

    for plugin in Host.from_environment(Path.cwd()).plugins:
        yield [plugin.name, plugin.origin, plugin.failure or "ready"]


def isolation(recipe: "Recipe", console: "Console") -> Table:
    """Proof, on the model that the recipe would train, that the documents of a row do not see each other."""
    if missing := recipe.missing():
        raise PitchpipeError("\n".join(missing))
    if recipe.model is None or recipe.collator is None:
        raise PitchpipeError("the recipe names no model, so there is nothing to prove: add a section 'model'")
    title, head = f"{recipe.path.name}: documents that share a row", ["", ""]
    collator = ["collator", recipe.collator.name]
    if not hasattr(recipe.collator.bound, "isolated"):
        return title, head, [collator, ["rows", "each holds one conversation: nothing to keep apart"]]
    with console.waiting("loading the model"):
        model = _model(recipe)
    with recipe.collator.bound.isolated(model) as told:
        model_row = ["model", f"{_memory(model)}, on {next(model.parameters()).device}"]
        return title, head, [collator, model_row, *([name, text] for name, text in told.items())]


def _model(recipe: "Recipe") -> Any:
    """As training gets it, on the device that it would take."""
    import torch

    assert recipe.model
    model = recipe.model.bound.weights()
    model = recipe.adapter.bound(model) if recipe.adapter else model
    if torch.cuda.is_available() and not getattr(model, "is_quantized", False):
        model = model.to("cuda")
    return model


def _memory(model: Any) -> str:
    tensors = list(model.parameters())
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    return f"{size / (1 << 20):,.0f} MiB of weights"
