"""`--set` appends to lists."""

RECIPE = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - length\nmodel: tiny\ntemplate: chatml\n"
TRAINED = "adapter:\n  lora: {targets: [q_proj]}\ntrainer: sft\n"


def test_it_appends_an_entry_or_each_of_a_list(project, rows):
    here = project({"recipe.yaml": RECIPE + TRAINED, "rows.jsonl": rows})
    changes = [
        "filters+=exact_duplicates", "filters += [{length: {min_reply_chars: 1}}, echo]",
        "adapter.lora.targets+=v_proj", "filters.2.exact_duplicates.action=tag",
    ]  # fmt: skip
    here.run("prepare", "recipe.yaml", *(word for one in changes for word in ("--set", one))).assert_success()
    recipe = here.json("runs/recipe/recipe.json")
    tagged, echo = {"exact_duplicates": {"action": "tag"}}, "echo"
    assert recipe["filters"] == ["length", tagged, {"length": {"min_reply_chars": 1}}, echo]
    assert recipe["adapter"]["lora"]["targets"] == ["q_proj", "v_proj"]


def test_a_list_that_is_not_there_is_begun(project, rows):
    here = project({"recipe.yaml": RECIPE.replace("filters:\n  - length\n", ""), "rows.jsonl": rows})
    out = here.run("check", "recipe.yaml", "--set", "filters+=echo").assert_success().out
    assert "filter echo" in out


def test_what_stood_there_keeps_its_line(project, rows):
    here = project({"recipe.yaml": RECIPE.replace("- length", "- lengthz"), "rows.jsonl": rows})
    said = here.run("check", "recipe.yaml", "--set", "filters+=[ehco, echo]").assert_failed().err
    assert (
        "recipe.yaml:4: filters.1: no filter 'lengthz'" in said
        and "--set: filters.2: no filter 'ehco'" in said
    )


def test_what_is_no_list_is_told(project, rows):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
    said = "--set model+=x: += appends to a list, and this is 'tiny'"
    here.run("check", "recipe.yaml", "--set", "model+=x").assert_failed(said)
    here.run("check", "recipe.yaml", "--set", "+=x").assert_failed("write it as section.name.option=value")
    here.run("check", "recipe.yaml", "--set", "filters+=lengthz").assert_failed(
        "filters.2: no filter 'lengthz'"
    )
