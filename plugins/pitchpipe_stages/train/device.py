"""The device that training will use, known before any data is prepared and without importing torch.

A GPU that was meant and is not used costs days: the reason is told first, with its cure.
"""

import os
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from pitchpipe.host.contracts import Console
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.console import escape
from pitchpipe_stages.render.sections import MODEL

DRIVER = Path("/proc/driver/nvidia/gpus")
PCI = Path("/sys/bus/pci/devices")
MAKER, DISPLAYS = "0x10de", ("0x0300", "0x0302")  # NVIDIA; classes of PCI devices
PROCESSOR = "the processor"
NONE = ("", "-1", "none", "void", "NoDevFiles")


@dataclass(frozen=True)
class Device:
    """Where training runs, and why it is not on a GPU that is there."""

    words: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.words}: {self.why}" if self.why else self.words


def training_device() -> Device:
    """The device, as far as files and variables tell it."""
    build, drives, there = _build(), _drives(), _there()
    if build is None:
        return Device(PROCESSOR, "torch is not installed")
    if build and drives and os.environ.get("CUDA_VISIBLE_DEVICES", "all").strip() in NONE:
        return Device(PROCESSOR, "CUDA_VISIBLE_DEVICES hides every GPU: unset it")
    if build and drives:
        return Device("the GPU")
    if drives:
        return Device(
            PROCESSOR,
            "a GPU is here, and this torch is built without CUDA: install the build for it (pytorch.org, Get"
            " started)",
        )
    if there:
        return Device(PROCESSOR, "a GPU is here, and its driver is not at work (nvidia-smi shows more)")
    return Device("Apple's GPU" if _apple() else PROCESSOR)


def gpus() -> int:
    """How many GPUs the driver knows and CUDA_VISIBLE_DEVICES shows, as far as files tell it."""
    if not (_build() and DRIVER.is_dir()):
        return 0
    known, shown = len(list(DRIVER.iterdir())), os.environ.get("CUDA_VISIBLE_DEVICES")
    if shown is None:
        return known
    return 0 if shown.strip() in NONE else min(known, len(shown.split(",")))


def tell(recipe: Recipe, console: Console) -> None:
    """Say it before the work begins, loudly where a GPU seems to be meant."""
    device = training_device()
    if device.why:
        console.say(f"[yellow]training runs on {escape(device)}[/]")
    elif device.words == PROCESSOR and (wanted := _wants_gpu(recipe)):
        console.say(f"[yellow]training runs on the processor[/], where {escape(wanted)} does not pay: no GPU")
    else:
        console.say(f"[dim]training runs on {device}[/]")


def _wants_gpu(recipe: Recipe) -> str:
    """An option of the model that is of use on a GPU alone."""
    options = use.options if (use := recipe[MODEL]) else {}
    named = ((name, options.get(name)) for name in ("quantize", "dtype"))
    return next((f"{name}: {value}" for name, value in named if value not in (None, "auto", "float32")), "")


def _build() -> str | None:
    """What torch is built for: "12.8", "" for the processor alone; None where there is no torch."""
    spec = find_spec("torch")
    if spec is None or not spec.submodule_search_locations:
        return None
    file = Path(next(iter(spec.submodule_search_locations))) / "version.py"
    said = file.read_text("utf-8") if file.is_file() else ""
    found = re.findall(r"^(?:cuda|hip)\b.*=\s*['\"]([\d.]+)", said, re.MULTILINE)
    return found[0] if found else ""


def _drives() -> bool:
    """Whether a driver is at work."""
    kept_by_driver = DRIVER.is_dir() and any(DRIVER.iterdir())
    return kept_by_driver or Path("/dev/nvidiactl").exists() or Path("/dev/kfd").exists()


def _there() -> bool:
    """Whether there is a GPU, with or without a driver."""
    if which("nvidia-smi"):
        return True
    return any(
        _read(device / "vendor") == MAKER and _read(device / "class")[:6] in DISPLAYS for device in _pci()
    )


def _pci() -> list[Path]:
    return list(PCI.iterdir()) if PCI.is_dir() else []


def _read(file: Path) -> str:
    return file.read_text().strip() if file.is_file() else ""


def _apple() -> bool:
    import platform

    return platform.system() == "Darwin" and platform.machine() == "arm64"
