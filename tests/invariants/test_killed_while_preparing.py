"""Killed at any moment, preparing ends with the same bytes."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.many_rows import bytes_of, files

pytestmark = pytest.mark.slow


def test_killed_at_twenty_random_moments_it_ends_with_the_same_bytes(project):
    here = project(files(4000))
    began = time.monotonic()
    here.run(
        "prepare", "recipe.yaml", "--name", "undisturbed", "--workers", "2", process=True
    ).assert_success()
    whole = time.monotonic() - began
    expected = bytes_of(here.folder / "runs/undisturbed")
    chance = random.Random(7)
    command = [
        sys.executable,
        "-m",
        "pitchpipe",
        "prepare",
        "recipe.yaml",
        "--name",
        "killed",
        "--workers",
        "2",
    ]
    killed = 0
    for attempt in range(20):
        if attempt % 5 == 4:  # begin anew, so that early moments are met too
            while (here.folder / "runs/killed").exists():  # a worker may still be writing its last file
                shutil.rmtree(here.folder / "runs/killed", ignore_errors=True)
        process = subprocess.Popen(
            command,
            cwd=here.folder,
            env=os.environ | here.environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(chance.uniform(0.1, whole))
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert killed >= 10
    here.run("prepare", "recipe.yaml", "--name", "killed", "--workers", "2").assert_success()
    assert bytes_of(here.folder / "runs/killed") == expected
