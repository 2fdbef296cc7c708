"""What moves on the hub under the same name is seen: its commit is kept, compared, and the one that is loaded."""

import json
import shutil
from pathlib import Path

import pytest

from pitchpipe_components.models import Tiny

OLD, NEW = "0a" * 20, "1b" * 20
ROWS = [{"instruction": "Say hello {n} times.", "output": "Hello! " * n} for n in range(1, 21)]
RECIPE = """\
model:
  transformers: {name: someone/model}
template: tokenizer
loaders:
  - files: {path: rows.jsonl}
split: {train: 1.0}
"""
DATA = "loaders:\n  - huggingface: {name: someone/rows}\n"


class Hub:
    """A cache of the hub, laid out as huggingface_hub does."""

    def __init__(self, folder: Path):
        self.folder = folder

    def add(self, repository: str, commit: str) -> Path:
        snapshot = self.folder / repository / "snapshots" / commit
        snapshot.mkdir(parents=True)
        return snapshot

    def point(self, repository: str, commit: str, branch: str = "main") -> None:
        (self.folder / repository / "refs").mkdir(exist_ok=True)
        (self.folder / repository / "refs" / branch).write_text(commit)


@pytest.fixture
def hub(tmp_path):
    """Two commits of a model, whose chat templates differ, and two of a data set."""
    made = Hub(tmp_path / "hub")
    for commit, greeting in ((OLD, ""), (NEW, "Be brief. ")):
        folder = made.add("models--someone--model", commit)
        for file in Path(Tiny().folder).iterdir():
            shutil.copy(file, folder)
        template = (
            "{% for m in messages %}<|im_start|>{{ m.role }}\nGREETING{{ m.content }}<|im_end|>\n{% endfor %}"
        )
        (folder / "chat_template.jinja").write_text(template.replace("GREETING", greeting))
        data = made.add("datasets--someone--rows", commit) / "data"
        data.mkdir()
        text = "".join(
            json.dumps(row | {"instruction": greeting + row["instruction"]}) + "\n" for row in ROWS
        )
        (data / "train.jsonl").write_text(text)
    for repository in ("models--someone--model", "datasets--someone--rows"):
        made.point(repository, OLD)
    return made


@pytest.fixture
def here(project, hub):
    return project(
        {"recipe.yaml": RECIPE, "data.yaml": DATA, "rows.jsonl": ROWS},
        HF_HUB_CACHE=str(hub.folder),
        HF_HOME=str(hub.folder.parent),
    )


def prepare(here, recipe="recipe.yaml"):
    done = here.run("prepare", recipe, process=True)
    done.assert_success()
    return done.out


@pytest.mark.slow(seconds=15)
def test_a_model_that_moved_is_prepared_for_again(here, hub):
    prepare(here)
    before = here.json("runs/recipe/run.json")["stages"]["prepare"]
    assert before["parts"]["someone/model on the hub"] == OLD
    assert "already done, nothing changed" in prepare(here)
    hub.point("models--someone--model", NEW)
    assert "prepare: again, because of someone/model on the hub" in prepare(here)
    after = here.json("runs/recipe/run.json")["stages"]["prepare"]
    assert after["parts"]["someone/model on the hub"] == NEW
    assert after["result"]["files"]["train"] != before["result"]["files"]["train"]  # by the other template


@pytest.mark.slow(seconds=15)
def test_data_that_moved_are_read_again(here, hub):
    prepare(here, "data.yaml")
    kept = "runs/data/prepared/train.jsonl"
    assert here.rows(kept)[0]["messages"][0]["content"].startswith("Say")
    hub.point("datasets--someone--rows", NEW)
    assert "prepare: again, because of someone/rows on the hub" in prepare(here, "data.yaml")
    assert here.rows(kept)[0]["messages"][0]["content"].startswith("Be brief. Say")


@pytest.mark.slow(seconds=12)
def test_a_tag_stays_what_it_was(here, hub):
    hub.point("models--someone--model", OLD, "v1")
    here.write({"recipe.yaml": RECIPE.replace("someone/model", "someone/model, revision: v1")})
    prepare(here)
    hub.point("models--someone--model", NEW)
    assert "already done, nothing changed" in prepare(here)
