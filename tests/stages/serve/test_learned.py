import pytest

from pitchpipe.testing import Project
from pitchpipe_stages.serve.learned import learned_in, spread
from pitchpipe_stages.serve.service import ServingService

RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.8, validation: 0.2}
collator: padded
"""
ROWS = [{"instruction": f"Say {n}.", "output": f"{n} it is"} for n in range(50)]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run as far as its data go, and a folder as if for its model."""
    here = Project(tmp_path_factory.mktemp("learned"))
    here.write({"recipe.yaml": RECIPE, "rows.jsonl": ROWS})
    here.run("prepare", "recipe.yaml", "--workers", "1").assert_success()
    (here.folder / "runs/recipe/model").mkdir()
    return here.folder / "runs/recipe"


def test_numbers_at_even_distances():
    assert spread(0, 5) == [] and spread(3, 5) == [0, 1, 2] and spread(10, 4) == [0, 2, 5, 7]


def test_the_training_side_of_a_run_and_of_the_model_in_it(run):
    whole = list(learned_in(run, 100))
    assert len(whole) == 40
    assert {one.messages[-1].content for one in whole} <= {row["output"] for row in ROWS}
    assert list(learned_in(run / "model", 100)) == whole
    assert list(learned_in(run, 4)) == whole[::10]
    service = ServingService({}, run, places={"quick": run})
    assert list(service.learned("quick", 4)) == whole[::10] and not list(service.learned("slow"))


def test_of_a_folder_without_a_run_nothing_is_known(tmp_path):
    (tmp_path / "model").mkdir()
    assert list(learned_in(tmp_path / "model", 10)) == []
