"""Rows that a filter finds alike stay on one side."""


def test_tagged_near_duplicates_stay_on_one_side(project):
    text = (
        3
        * "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    )
    rows = [{"instruction": f"Say {n}: {text}", "output": text + " end" * (n % 2)} for n in range(20)]
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - near_duplicates: {threshold: 0.7, action: tag}\nsplit: {train: 0.5, test: 0.5}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    sides = [len(here.rows(f"runs/recipe/prepared/{side}.jsonl")) for side in ("train", "test")]
    assert sorted(sides) == [0, 20]
