"""The kit that plugin authors test with: files in, a command run, an outcome that asserts itself.

def test_it(project):
    here = project({"data.jsonl": [{"instruction": "Hi", "output": "Hello"}], "recipe.yaml": RECIPE})
    here.run("check", "recipe.yaml").assert_success()

`Project(folder)` can also be made by hand, for a fixture that many tests share. A command runs in the process
of the tests, which is quick and lets a debugger in. `run(..., process=True)` starts a process, for what only
a process shows: signals, limits, and variables that Python or a library reads when it starts.
"""

import gc
import importlib
import io
import os
import random
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

Files = dict[str, str | bytes | list[Any]]
STOPPED = 130  # the exit code after Ctrl-C


@dataclass
class Outcome:
    """How a command ended."""

    command: list[str]
    folder: Path
    code: int
    out: str
    err: str

    def assert_success(self) -> "Outcome":
        assert self.code == 0, self.described()
        return self

    def assert_failed(self, *said: str, code: int = 2) -> "Outcome":
        """It failed with this code, and its errors say all of this."""
        assert self.code == code, self.described()
        for words in said:
            assert words in self.err, f"not said: {words}\n{self.described()}"
        return self

    def described(self) -> str:
        command = " ".join(self.command)
        return (
            f"$ {command}\nin {self.folder}, exit code {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"
        )


class Project:
    """A folder with files in it, where commands run as a user would call them."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None):
        self.folder = folder
        self.environment = {"COLUMNS": "160", "HF_HUB_OFFLINE": "1", **(environment or {})}

    def write(self, files: Files) -> "Project":
        """Text as it is; a list as JSON lines."""
        import json

        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, list):
                content = "".join(json.dumps(row) + "\n" for row in content)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def run(
        self, *arguments: str, process: bool = False, timeout: float = 300, **environment: str
    ) -> Outcome:
        """`pitchpipe` with these arguments. A process of its own ends after `timeout` seconds."""
        variables = self.environment | environment
        if process:
            code, out, err = _start(arguments, self.folder, variables, timeout)
        else:
            code, out, err = _call(arguments, self.folder, variables)
        return Outcome(["pitchpipe", *arguments], self.folder, code, out, err)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    def rows(self, name: str) -> list[Any]:
        """A file of JSON lines."""
        import json

        return [json.loads(line) for line in self.read(name).split("\n") if line]

    def json(self, name: str) -> Any:
        import json

        return json.loads(self.read(name))


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Project]:
    """Makes a project of files: project({"recipe.yaml": "...", "data.jsonl": [rows]})."""

    def make(files: Files | None = None, **environment: str) -> Project:
        return Project(tmp_path, environment).write(files or {})

    return make


# --- A command in a process of its own -----------------------------------------------------------------

Arguments = tuple[str, ...]
Ended = tuple[int, str, str]  # exit code, stdout, stderr


def _start(arguments: Arguments, folder: Path, variables: dict[str, str], seconds: float) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "pitchpipe", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=seconds, env=os.environ | variables,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


# --- A command in the process of the tests -------------------------------------------------------------


def _call(arguments: Arguments, folder: Path, variables: dict[str, str]) -> Ended:
    out, err = _stream("strict"), _stream("backslashreplace")
    with _as_new(arguments, folder, variables), redirect_stdout(out), redirect_stderr(err):
        code = _exit_code()
    if code == STOPPED:
        raise KeyboardInterrupt  # Ctrl-C is meant for the tests
    return code, _written(out), _written(err)


class _Pipe(io.BytesIO):
    def close(self) -> None:
        """A command may close its stream; what it wrote can still be read."""


def _stream(errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_Pipe(), "utf-8", errors, write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    return cast(io.BytesIO, stream.buffer).getvalue().decode().replace("\r\n", "\n")


def _exit_code() -> int:
    """The exit code of the command. A crash shows its trace."""
    from pitchpipe.cli import main

    try:
        main()
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except Exception:
        traceback.print_exc()
        return 1
    return 0


@contextmanager
def _as_new(arguments: Arguments, folder: Path, variables: dict[str, str]) -> Iterator[None]:
    """The command finds what a new process has, and the tests find afterwards what they had."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.chdir(folder)
        patch.setattr(sys, "path", [str(folder), *sys.path])
        patch.setattr(sys, "argv", ["pitchpipe", *arguments])
        patch.setattr(sys, "stdin", stack.enter_context(open(os.devnull)))
        patch.setattr(sys, "dont_write_bytecode", True)  # a file that changes twice a second would look old
        for scope in (_environment(variables), _warnings(), _seeds(), _modules(folder), _garbage()):
            stack.enter_context(scope)
        yield


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _warnings() -> Iterator[None]:
    """Warnings go to stderr by Python's own rules, not by those of pytest, which keeps a list."""

    def show(
        message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        print(warnings.formatwarning(message, category, filename, lineno), end="", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.resetwarnings()
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
        warnings.showwarning = show
        yield


@contextmanager
def _seeds() -> Iterator[None]:
    """Global seeds and the number of threads, which trainers set."""
    with ExitStack() as stack:
        stack.callback(random.setstate, random.getstate())
        if numpy := sys.modules.get("numpy.random"):
            stack.callback(numpy.set_state, numpy.get_state())
        if torch := sys.modules.get("torch"):
            stack.callback(torch.set_rng_state, torch.get_rng_state())
            stack.callback(torch.set_num_threads, torch.get_num_threads())
        yield


@contextmanager
def _modules(folder: Path) -> Iterator[None]:
    """Modules of the project are read by each command anew: their files may have changed."""
    importlib.invalidate_caches()
    before = dict(sys.modules)
    try:
        yield
    finally:
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None) or ""
            if module is not before.get(name) and file.startswith(f"{folder}{os.sep}"):
                del sys.modules[name]
                sys.modules.update({name: before[name]} if name in before else {})


@contextmanager
def _garbage() -> Iterator[None]:
    """Objects of the command, which may hold the lock of its run, are gone before the next command."""
    gc.collect()
    gc.freeze()  # what is there stays, and is not searched: torch alone has half a million objects
    try:
        yield
    finally:
        gc.collect()
