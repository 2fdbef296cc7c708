"""Repair as a recipe sets it."""

LOADERS = "loaders:\n  - files: {path: rows.jsonl}\n"


def test_repair_can_be_told_otherwise_or_switched_off(project):
    row = {
        "conversations": [
            {"from": "gpt", "value": "Hello"},
            {"from": "human", "value": "Hi"},
            {"from": "gpt", "value": "Yes?"},
        ]
    }
    here = project({"recipe.yaml": LOADERS, "rows.jsonl": [row]})
    here.run("prepare", "recipe.yaml").assert_success()
    assert len(here.rows("runs/recipe/prepared/train.jsonl")[0]["messages"]) == 2
    here.write({"recipe.yaml": LOADERS + "repair: {first_reply: drop}\n"})
    here.run("prepare", "recipe.yaml").assert_failed("nothing is kept: all 1 rows are lost")
    assert here.rows("runs/recipe/ledger.jsonl")[0]["stage"] == "repair"
    here.write({"recipe.yaml": LOADERS + "repair: false\n"}).run("prepare", "recipe.yaml").assert_success()
    assert [m["role"] for m in here.rows("runs/recipe/prepared/train.jsonl")[0]["messages"]] == [
        "gpt",
        "human",
        "gpt",
    ]
    here.write({"recipe.yaml": LOADERS + "repair: {first_replies: drop}\n"})
    here.run("check", "recipe.yaml").assert_failed(
        "recipe.yaml:3: repair.first_replies: no such option of filter 'repair'. Did you mean 'first_reply'?"
    )
