"""The same bytes whatever the number of processes."""

import pytest

from tests.many_rows import bytes_of, files

pytestmark = pytest.mark.slow


def test_the_same_bytes_whatever_the_number_of_processes(project):
    here = project(files())
    for number in ("1", "2", "5"):  # each in a process of its own, so that Python hashes otherwise too
        here.run(
            "prepare", "recipe.yaml", "--name", number, "--workers", number, process=True
        ).assert_success()
    runs = here.folder / "runs"
    assert len(list((runs / "1/rows").glob("*/*.base"))) > 10
    assert bytes_of(runs / "1") == bytes_of(runs / "2") == bytes_of(runs / "5")
    found = here.json("runs/1/run.json")["stages"]["prepare"]["result"]["rows"]
    assert {w["stage"] for counts in found.values() for w in counts["why"]} == {
        "filter first",
        "filter exact_duplicates",
        "filter every_tenth",
        "filter second",
    }
    assert sum(c["read"] for c in found.values()) == 1450
