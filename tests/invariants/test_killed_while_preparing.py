"""Killed at any moment, preparing ends with the same bytes."""

import random
import shutil
import time

import pytest

from tests.many_rows import bytes_of, files

pytestmark = pytest.mark.slow


def test_killed_at_twenty_random_moments_it_ends_with_the_same_bytes(project, quick):
    here = project(files(4000))

    def prepare(name):
        return quick.start(here.folder, "prepare", "recipe.yaml", "--name", name, "--workers", "2")

    began = time.monotonic()
    calm = prepare("undisturbed")
    assert calm.wait() == 0, calm.said
    whole = time.monotonic() - began
    expected = bytes_of(here.folder / "runs/undisturbed")
    chance, killed = random.Random(7), 0
    for attempt in range(20):
        if attempt % 5 == 4:  # begin anew, so that early moments are met too
            while (here.folder / "runs/killed").exists():  # a worker may still be writing its last file
                shutil.rmtree(here.folder / "runs/killed", ignore_errors=True)
        child = prepare("killed")
        time.sleep(chance.uniform(0.1, whole))
        killed += child.kill() == -9
    assert killed >= 10
    last = prepare("killed")
    assert last.wait() == 0, last.said
    assert bytes_of(here.folder / "runs/killed") == expected
