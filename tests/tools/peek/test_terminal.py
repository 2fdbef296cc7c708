"""One conversation at every hop."""

import json

RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl, name: mine}
filters:
  - length: {max_reply_chars: 10}
"""


def test_every_hop_is_shown(project, rows):
    out = (
        project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
        .run("peek", "recipe.yaml", "-n", "2")
        .assert_success()
        .out
    )
    for words in (
        "row  mine, rows.jsonl:1",
        '{"instruction":"Say hello.","input":"","output":"Hello!","category":"greeting"}',
        "category greeting",
        "user: Say hello.",
        "filter length  kept",
        "template chatml  learned text is marked",
        "<|im_start|>assistant\n>Hello!<><|im_end|><",
        ", of which 7 are learned",
        ">!",
        "row  mine, rows.jsonl:2",
        "context: tiny",
    ):
        assert words in out, f"not shown: {words}\n{out}"


def test_what_is_dropped_or_in_bad_shape_says_why(project):
    rows = [
        {"instruction": "Hi", "output": "Hello, my dear friend"},
        {"instruction": "Hi", "output": [{"type": "file"}]},
    ]
    out = (
        project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
        .run("peek", "recipe.yaml", "-n", "5")
        .assert_success()
        .out
    )
    assert "filter length  dropped: reply chars too high (21 against 10)" in out
    assert "quarantined  holds a part that is not text: 'file'" in out


def test_rows_can_be_passed_over_and_sources_chosen(project, rows):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
    out = here.run("peek", "recipe.yaml", "--skip", "1", "--source", "mine").assert_success().out
    assert "rows.jsonl:2" in out and "rows.jsonl:1" not in out
    here.run("peek", "recipe.yaml", "--source", "mien").assert_failed(
        "no source 'mien'. Did you mean 'mine'?"
    )


def test_markup_in_the_data_is_shown_as_it_is(project):
    rows = [{"instruction": "[bold]Hi[/bold] [/]", "output": "[red]no"}]
    out = project({"recipe.yaml": RECIPE, "rows.jsonl": rows}).run("peek", "recipe.yaml").assert_success().out
    assert "user: [bold]Hi[/bold] [/]" in out and ">[red]no<" in out


CHAT = {
    "messages": [
        {"role": "user", "content": "First?"},
        {"role": "assistant", "content": "One."},
        {"role": "user", "content": "Second?"},
        {"role": "assistant", "content": "Two, " * 10},
    ]
}
PACKED = RECIPE.replace("loaders", "collator: {packed: {length: 100, too_long: cut_end}}\nloaders").replace(
    "max_reply_chars: 10", "max_reply_chars: 500"
)


def test_cuts_drops_and_ends_are_said(project):
    rows = [
        CHAT,
        {"messages": [{"role": "user", "content": "Long?"}, {"role": "assistant", "content": "a" * 90}]},
    ]
    out = (
        project({"recipe.yaml": PACKED, "rows.jsonl": rows})
        .run("peek", "recipe.yaml", "-n", "2")
        .assert_success()
        .out
    )
    assert "tokens  31, of which 5 are learned; learned stretches: 1, of which end in <|im_end|>: 1" in out
    assert "length  turns cut from its end: 78 of 109 tokens" in out
    assert "><|im_end|> 3 stop<" in out and "  <|im_end|> 3 stop  " in out  # a reply's, and a prompt's
    assert "dropped  too many tokens (" in out and " against 100)" in out


def test_all_tokens_are_shown_when_asked_for(project, rows):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": [{"instruction": "Hi " * 40, "output": "Hello!"}]})
    some = here.run("peek", "recipe.yaml").assert_success().out
    every = here.run("peek", "recipe.yaml", "--all-tokens").assert_success().out
    assert "the last 60" in some and "the last 60" not in every
    assert "<|im_start|> 2  u 92  s 90  e 76  r 89" in every and "u 92  s 90  e 76  r 89" not in some
    assert some.split("  ")[-2:] == every.split("  ")[-2:]


def test_the_start_of_a_very_long_row_is_enough(project):
    row = {"instruction": "Hi", "output": " ".join(f"word{number}" for number in range(1000))}
    recipe = RECIPE.replace("max_reply_chars: 10", "max_reply_chars: 90000")
    here = project({"recipe.yaml": recipe, "rows.jsonl": [row]})
    some = here.run("peek", "recipe.yaml").assert_success().out.partition("conversation  ")[0]
    every = (
        here.run("peek", "recipe.yaml", "--all-tokens").assert_success().out.partition("conversation  ")[0]
    )
    assert "word100 " in some and "word999" not in some and "word999" in every
    more = len(json.dumps(row, separators=(",", ":"))) - 2000
    assert f"and {more:,} more characters; --all-tokens shows all" in some


def test_a_second_column_stands_beside_the_first_with_its_difference(project, rows):
    here = project({"recipe.yaml": PACKED, "rows.jsonl": rows})
    out = here.run("peek", "recipe.yaml", "-n", "2", "--beside", "template=alpaca_short").assert_success().out
    assert "beside  template=alpaca_short\ntemplate alpaca_short  learned text is marked" in out
    assert "difference  37 tokens and 52 (+15); the first at token 1: <|im_start|> 2 and # 10" in out
    same = here.run("peek", "recipe.yaml", "--beside", "collator.packed.length=99").assert_success().out
    assert "difference  none in what is said and learned: 37 tokens and 37 (+0)" in same
    fewer = here.run(
        "peek", "recipe.yaml", "--beside", "template={chatml: {learn: everything}}"
    ).assert_success()
    assert "the first at token 1: <|im_start|> 2 and <|im_start|> 2 learned" in fewer.out


def test_what_would_share_a_row_is_said(project, rows):
    here = project({"recipe.yaml": PACKED, "rows.jsonl": rows})
    out = here.run("peek", "recipe.yaml", "-n", "2").assert_success().out
    assert "packed row 1  86 of 100 tokens: mine, rows.jsonl:1; mine, rows.jsonl:2" in out
    assert "packed row" not in here.run("peek", "recipe.yaml").assert_success().out
