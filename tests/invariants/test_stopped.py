"""Workers end with their parent, and Ctrl-C ends quietly."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.many_rows import PLUGIN, files

pytestmark = pytest.mark.slow


def descendants(pid):
    """Two crews, of those who read and those who render: each has a process that forks its three workers."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [one for child in children for one in (child, *descendants(child))]


def test_workers_end_with_their_parent(project):
    here = project(files())
    slow = PLUGIN.replace('    said("first")\n', "    import time; time.sleep(0.02)\n")
    here.write({"pitchpipe_local.py": slow})
    command = [sys.executable, "-m", "pitchpipe", "prepare", "recipe.yaml", "--workers", "3"]
    process = subprocess.Popen(
        command, cwd=here.folder, env=os.environ | here.environment, stdout=subprocess.DEVNULL
    )
    while process.poll() is None and len(workers := descendants(process.pid)) < 8:
        time.sleep(0.05)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in workers):
        time.sleep(0.1)
    assert len(workers) == 8 and not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_an_interrupt_ends_quietly_and_the_run_goes_on(project):
    here = project(files(4000))
    slow = PLUGIN.replace('    said("first")\n', "    import time; time.sleep(0.001)\n")
    here.write({"pitchpipe_local.py": slow})
    command = [sys.executable, "-m", "pitchpipe", "prepare", "recipe.yaml", "--workers", "2"]
    process = subprocess.Popen(
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        args=command,
        cwd=here.folder,
        env=os.environ | here.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(here.folder.glob("runs/recipe/rows/*/*.base")):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in said
    here.run("prepare", "recipe.yaml").assert_success()
