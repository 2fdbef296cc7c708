"""This machine: versions, devices, packages, plugins, and the command that installs a missing package."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

import pitchpipe as pp
from pitchpipe.host.host import OWN, Host

if TYPE_CHECKING:
    from packaging.requirements import Requirement


@dataclass
class Facts:
    """One table of facts."""

    title: str
    head: list[str]
    rows: list[list[str]] = field(default_factory=list)


def machine_facts() -> Iterator[Facts]:
    """Tables about the machine, the packages and the plugins."""
    yield Facts("This machine", ["", ""], [*_machine(), *_devices()])
    yield Facts("Packages", ["package", "version", "what it is for", "cure"], list(_packages()))
    yield Facts("Plugins", ["plugin", "from", "state"], list(_plugins()))


def _machine() -> Iterator[list[str]]:
    yield ["pitchpipe", f"{pp.__version__}, in {Path(pp.__file__).parent}"]
    yield ["Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"]
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield ["processor", f"{usable} cores"]
    offline = os.environ.get("HF_HUB_OFFLINE", "0") not in ("", "0")
    yield ["hub", "offline (HF_HUB_OFFLINE)" if offline else "online"]


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
    count = max(1, torch.cuda.device_count())
    yield ["launch", f"--processes auto starts {count} process{'es, one for each GPU' * (count > 1)}"]


def _packages() -> Iterator[list[str]]:
    """The packages that pitchpipe needs, and the packages of extras that a user can install, each once."""
    from packaging.requirements import Requirement

    extras = [name for name in metadata(OWN).get_all("Provides-Extra") or [] if name not in ("all", "dev")]
    needed: dict[str, tuple[Requirement, list[str]]] = {}
    for text in requires(OWN) or []:
        requirement = Requirement(text)
        marker = requirement.marker
        wanted = [name for name in extras if marker and marker.evaluate({"extra": name})]
        if requirement.name != OWN and (wanted or not marker):
            needed.setdefault(requirement.name, (requirement, []))[1].extend(wanted)
    of_extra = {extra: {name for name, (_, whose) in needed.items() if extra in whose} for extra in extras}
    for requirement, whose in needed.values():
        # An extra that holds all of another one adds nothing to what that one brings.
        yield _package(requirement, [e for e in whose if not any(of_extra[o] < of_extra[e] for o in whose)])


def _package(requirement: "Requirement", extras: list[str]) -> list[str]:
    purpose = ", ".join(extras) or "always"
    cure = f"pip install '{OWN}[{extras[0]}]'" if extras else f"pip install {OWN}"
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        return [requirement.name, "missing", purpose, cure]
    fits = requirement.specifier.contains(installed, prereleases=True)
    return [requirement.name, installed, purpose, "" if fits else f"needs {requirement.specifier}: {cure} -U"]


def _plugins() -> Iterator[list[str]]:
    for plugin in Host.from_environment(Path.cwd()).plugins:
        yield [plugin.name, plugin.origin, plugin.failure or "ready"]
