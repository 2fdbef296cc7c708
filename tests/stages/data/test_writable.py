"""Odd values from loaders are written too."""


def test_odd_things_from_loaders_are_written_too(project):
    local = """
import datetime
import pitchpipe as pp

@pp.hookimpl
def register_loaders(register):
    register("odd", odd)

def odd():
    yield {"instruction": "Half a \\ud800 pair.", "output": "Yes."}
    yield {"instruction": datetime.date(2026, 1, 1), "output": "Yes."}
    yield {"instruction": "Hi", "output": "Hello", "day": datetime.date(2026, 1, 1), "big": 10**30, "bad": "\\ud800"}
"""
    here = project({"recipe.yaml": "loaders:\n  - odd\n", "pitchpipe_local.py": local})
    here.run("prepare", "recipe.yaml").assert_success()
    first, second, third = here.rows("runs/recipe/ledger.jsonl")
    assert (first["reason"], third["reason"]) == ("lone surrogate replaced", "values written as text")
    assert (second["fate"], second["row"]["instruction"]) == ("quarantined", "2026-01-01")
    kept = here.rows("runs/recipe/prepared/train.jsonl")
    assert kept[0]["messages"][0]["content"] == "Half a \ufffd pair."
    assert kept[1]["meta"] == {"day": "2026-01-01", "big": str(10**30), "bad": "?"}
