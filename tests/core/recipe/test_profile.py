"""A profile in a recipe stands for its filters."""

LOADERS = "loaders:\n  - files: {path: rows.jsonl}\n"


def test_a_profile_stands_for_its_filters_and_can_be_changed(project):
    recipe = LOADERS + "filters:\n  - sft_default: {length: {min_reply_chars: 9}, refusals: false}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": [{"instruction": "Say it.", "output": "it"}]})
    out = here.run("check", "recipe.yaml").assert_success().out
    assert "filter length" in out and "filter exact_duplicates" in out and "refusals" not in out
    here.run("prepare", "recipe.yaml").assert_failed("nothing is kept")
    assert here.rows("runs/recipe/ledger.jsonl")[0]["limit"] == 9
    here.run("check", "recipe.yaml", "--set", "filters.sft_default.lenght=false").assert_failed(
        "no such filter in 'sft_default'. Did you mean 'length'?"
    )
    shown = here.run("show", "filter", "sft_default").assert_success().out
    assert "- length" in shown and "- exact_duplicates" in shown
