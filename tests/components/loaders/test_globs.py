"""Globs are read in the order of their names."""

import pytest

GOOD = {"instruction": "Say hello.", "output": "Hello!"}


@pytest.mark.parametrize("path", ["*.jsonl", "**/*.jsonl"])
def test_globs_are_read_in_the_order_of_their_names(project, path):
    here = project(
        {
            "recipe.yaml": f"loaders:\n  - files: {{path: 'data/{path}'}}\n",
            "data/b.jsonl": [GOOD],
            "data/a.jsonl": [GOOD],
        }
    )
    here.run("prepare", "recipe.yaml").assert_success()
    files = [row["source"]["file"] for row in here.rows("runs/recipe/prepared/train.jsonl")]
    assert files == ["data/a.jsonl", "data/b.jsonl"]
