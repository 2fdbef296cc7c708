"""Runs of pitchpipe as processes that can be killed, without the seconds that an import of torch takes.

One process imports everything and forks a child for each run. `python -m tests.forked` is that process: it
reads a command a line and answers with two lines, the child's id and, when the child has ended, its exit code.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from tests.started import interruptible

# torch's threads do not live on in a child, so there must be none before it is forked.
ALONE = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "COLUMNS": "160"}
IMPORTS = (
    "pitchpipe.cli", "pitchpipe_components.trainers.trl_run", "pitchpipe_stages.train.order", "peft.tuners.lora.bnb",
    "transformers.models.llama.modeling_llama", "datasets", "pitchpipe_tools.serve.served",
)  # fmt: skip


class Forked:
    """The process that forks."""

    def __init__(self, process: "subprocess.Popen[str]"):
        self.process = process

    def start(self, folder: Path, *arguments: str, before: str = "", processes: int = 1) -> "Child":
        """`pitchpipe` with these arguments, in a folder. `before` is Python that the child executes first.

        Several processes find each other as if srun had started them.
        """
        assert self.process.stdin
        order = {"folder": str(folder), "arguments": arguments, "before": before, "processes": processes}
        print(json.dumps(order), file=self.process.stdin, flush=True)
        return Child(self, int(self.line()), folder)

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()


class Child:
    """A run. One at a time."""

    def __init__(self, forked: Forked, pid: int, folder: Path):
        self.forked, self.pid, self.folder = forked, pid, folder

    def ended(self) -> bool:
        """Whether it has ended, and is no more than a zombie or nothing."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    def kill(self, signal: int = 9) -> int:
        """Its exit code, which is negative if it was still alive."""
        if not self.ended():
            os.kill(self.pid, signal)
        return self.wait()

    def wait(self) -> int:
        return int(self.forked.line())

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text()


@contextmanager
def forked() -> Iterator[Forked]:
    """The process that forks, until the end."""
    command = [sys.executable, "-m", "tests.forked"]
    folder = Path(__file__).parents[1]
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | ALONE, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        preexec_fn=interruptible,
    ) as process:  # fmt: skip
        yield Forked(process)
        assert process.stdin
        process.stdin.close()


def die(name: str, call: int, done: bool) -> None:
    """Let this process be killed when a function is called so many times: before it, or when it is `done`."""
    module, _, path = name.partition(":")
    *outer, last = path.split(".")
    holder = resolve_name(":".join([module, ".".join(outer)]) if outer else module)
    original = getattr(holder, last)
    calls = 0

    def deadly(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and not done:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(holder, last, deadly)


def _serve() -> None:
    for name in IMPORTS:
        __import__(name)
    from pitchpipe.host.host import Host

    Host.from_environment()
    gc.freeze()  # a child does not search what it has from here
    for line in sys.stdin:
        order = json.loads(line)
        count = order["processes"]
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": _free_port(), "WORLD_SIZE": str(count)}
        children = []
        for rank in range(count):
            if not (child := os.fork()):
                os.environ |= {**place, "RANK": str(rank), "LOCAL_RANK": str(rank)} if count > 1 else {}
                _become(order, rank)
            children.append(child)
        print(children[0], flush=True)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(min(codes) or max(codes), flush=True)


def _free_port() -> str:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return str(asked.getsockname()[1])


def _become(order: dict[str, Any], rank: int) -> None:
    os.chdir(order["folder"])
    said = os.open(f"said{rank or ''}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for new, old in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(new, old)
    sys.argv = ["pitchpipe", *order["arguments"]]
    code = 1
    try:
        exec(order["before"], {})
        from pitchpipe.cli import main

        main()
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with suppress(BrokenPipeError):  # of a test that has read enough
            sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
