"""This machine: versions, extras, devices, plugins; what is missing, and the cure."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

import pitchpipe as pp
from pitchpipe.host.host import OWN, Host

Table = tuple[str, list[str], list[list[str]]]


def everything() -> Iterator[Table]:
    yield "This machine", ["", ""], [*_machine(), *_devices()]
    yield "Packages", ["package", "version", "what it is for", "cure"], list(_packages())
    yield "Plugins", ["plugin", "from", "state"], list(_plugins())


def _machine() -> Iterator[list[str]]:
    yield ["pitchpipe", f"{pp.__version__}, in {Path(pp.__file__).parent}"]
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
    """The packages that pitchpipe needs, and those of each extra that a user can install."""
    from packaging.requirements import Requirement

    extras = [name for name in metadata(OWN).get_all("Provides-Extra") or [] if name not in ("all", "dev")]
    for text in requires(OWN) or []:
        requirement = Requirement(text)
        marker = requirement.marker
        extra = next((name for name in extras if marker and marker.evaluate({"extra": name})), None)
        if requirement.name == OWN or (marker and extra is None):
            continue
        cure = f"pip install '{OWN}[{extra}]'" if extra else f"pip install {OWN}"
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            yield [requirement.name, "missing", extra or "always", cure]
        else:
            fits = requirement.specifier.contains(found, prereleases=True)
            wrong = "" if fits else f"needs {requirement.specifier}: {cure} -U"
            yield [requirement.name, found, extra or "always", wrong]


def _plugins() -> Iterator[list[str]]:
    for plugin in Host.from_environment(Path.cwd()).plugins:
        yield [plugin.name, plugin.origin, plugin.failure or "ready"]
