"""Finds tasks by name in the files of lm-evaluation-harness, without the time that its import takes."""

import os
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_NAMED = re.compile(r"""^(?:task|group):[ \t]*["']?([^\s"'#\[{]+)""", re.M)
_TAGS = re.compile(r"^tag:[ \t]*(\S.*)?\n((?:[ \t]*-[ \t]+.*\n)*)", re.M)
_INCLUDED = re.compile(r"^include:[ \t]*(\S+)", re.M)
_RUNS_CODE = re.compile(r"^unsafe_code:[ \t]*true", re.M | re.I)


@dataclass(frozen=True)
class TaskFile:
    """A file that describes a task, a group or a part of either."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> "TaskFile":
        return cls(path, path.read_text("utf-8", "replace"))

    @property
    def names(self) -> set[str]:
        """Its task or group."""
        return set(_NAMED.findall(self.text))

    @property
    def tags(self) -> set[str]:
        """Names by which its task is asked for together with others."""
        found = ("\n".join(parts) for parts in _TAGS.findall(self.text))
        return {word for text in found for word in re.findall(r"(?!-\s)[^\s,'\"\[\]]+", text)}

    @property
    def data(self) -> list[Path]:
        """Files on this machine that it names, as those of its data."""
        words = re.findall(r"[^\s'\"\[\]{},:]+\.\w+", self.text)
        return [path for path in map(Path, words) if path.is_file()]

    @property
    def runs_code(self) -> bool:
        """Whether the model's answers are executed, as this file or one that it includes says."""
        if _RUNS_CODE.search(self.text):
            return True
        near = [self.path.parent / name for name in _INCLUDED.findall(self.text)]
        return any(TaskFile.read(path).runs_code for path in near if path.is_file() and path != self.path)


def home() -> Path | None:
    """The folder of the tasks that lm-evaluation-harness brings."""
    spec = find_spec("lm_eval")
    return Path(spec.origin).parent / "tasks" if spec and spec.origin else None


def folders_of(name: str) -> set[Path]:
    """The folders of lm-evaluation-harness that hold a task, a group or a tag."""
    tasks = home()
    if not tasks:
        return set()
    words = re.split(r"[_-]", name)
    for end in range(len(words), 0, -1):  # most often it bears the first words of the name
        folder = tasks / name[: len("_".join(words[:end]))]
        if folder.is_dir() and any(name in file.names for file in files(folder)):
            return {folder}
    found = (file.path for file in files(tasks) if name in file.names or name in file.tags)
    return {tasks / path.relative_to(tasks).parts[0] for path in found}


def names_in(folder: Path) -> set[str]:
    """All names by which tasks of a folder can be asked for."""
    return {name for file in files(folder) for name in file.names | file.tags}


def runs_code(name: str, folder: Path) -> bool:
    """Whether a task of a folder, or a group's or a tag's, executes answers."""
    return any(file.runs_code for file in files(folder) if name in file.names or name in file.tags)


@cache
def files(folder: Path) -> list[TaskFile]:
    walked = sorted(os.walk(folder))
    paths = (Path(inside, name) for inside, _, names in walked for name in sorted(names))
    return [TaskFile.read(path) for path in paths if path.suffix == ".yaml"]
