"""What people see of a message: nothing of it is left out."""

import pitchpipe as pp
from pitchpipe_tools.message_lines import lines_of


def test_reasoning_and_calls_are_shown():
    calls = (
        {"function": {"name": "look", "arguments": {"at": "Ghent"}}},
        {"function": {"name": "book", "arguments": '{"seats": 2}'}},
    )
    assert list(lines_of(pp.Message("assistant", "", reasoning="Where?", tool_calls=calls))) == [
        ("assistant thinks", "Where?"),
        ("assistant calls", 'look {"at":"Ghent"}'),
        ("assistant calls", 'book {"seats": 2}'),
    ]
    assert list(lines_of(pp.Message("user", "Hi", context="there"))) == [
        ("user", "Hi"),
        ("  context", "there"),
    ]
    assert list(lines_of(pp.Message("assistant", ""))) == [("assistant", "")]


def test_why_shows_what_a_reply_thinks(project):
    row = {"messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "<think>\nHm.\n</think>\n\n4"}]}  # fmt: skip
    here = project({"recipe.yaml": "loaders:\n  - files: {path: rows.jsonl}\n", "rows.jsonl": [row]})
    here.run("prepare", "recipe.yaml").assert_success()
    assert "assistant thinks: Hm." in here.run("why", "runs/recipe", "rows.jsonl:1").out
    assert "assistant thinks: Hm." in here.run("peek", "recipe.yaml").out
