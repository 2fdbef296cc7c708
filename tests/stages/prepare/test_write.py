"""The prepared data is written by several processes where there are many shards, and is the same then."""

import pytest

from pitchpipe_stages.prepare import write
from tests.many_rows import bytes_of, files

MIXED = """
loaders:
  - files: {path: "a/*.jsonl", name: a, fraction: 0.4}
  - files: {path: "more/*.jsonl", name: more, epochs: 2}
filters: [exact_duplicates]
split: {train: 0.7, validation: 0.2, test: 0.1}
"""


@pytest.mark.parametrize("changed", [{}, {"recipe.yaml": MIXED}])
def test_several_processes_write_the_same(project, monkeypatch, changed):
    here = project(files() | changed)
    here.run("prepare", "recipe.yaml", "--name", "one", "--workers", "1").assert_success()
    monkeypatch.setattr(write, "ENOUGH", 1)
    here.run("prepare", "recipe.yaml", "--name", "three", "--workers", "3").assert_success()
    one, three = here.folder / "runs/one", here.folder / "runs/three"
    assert bytes_of(one) == bytes_of(three)
    for side in ("train", "test"):
        lines = (three / f"prepared/{side}.jsonl").read_bytes().splitlines()
        size = here.json("runs/three/run.json")["stages"]["prepare"]["result"]["splits"][side]
        assert len(lines) == size["conversations"] > 10 and all(lines)
