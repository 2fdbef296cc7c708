"""The interval of a share of right answers."""

import pitchpipe as pp


def test_wilsons_interval():
    score = pp.Score.share(0, 100)
    assert score.low == 0 and 0.035 < score.high < 0.038  # 0.0370 in Wilson's table
    score = pp.Score.share(50, 100)
    assert abs(score.low - 0.404) < 0.001 and abs(score.high - 0.596) < 0.001


UNTRAINED = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl, side: test}
evaluators:
  - exact_match: OPTIONS
  - repetition: OPTIONS
"""


def untrained(project, rows, options="{}"):
    here = project({"recipe.yaml": UNTRAINED.replace("OPTIONS", options), "rows.jsonl": rows})
    out = here.run("run", "recipe.yaml").assert_success().out
    return " ".join(out.split()), here.json("runs/recipe/scores.json")["base"], here


def test_a_limit_that_cuts_expected_replies_is_told(project, rows):
    out, *_ = untrained(project, rows, "{max_new_tokens: 5}")
    assert "1 of 2 expected replies are longer than max_new_tokens: 5" in out  # Hello! and its end
    assert "expected replies are longer" not in untrained(project, rows, "{max_new_tokens: 7}")[0]
    assert out.count("expected replies are longer") == 1  # two evaluators ask


def test_left_out_the_limit_follows_the_longest_expected_reply():
    from types import SimpleNamespace

    from pitchpipe_stages.evaluate.subject import ROOM, RecipeSubject
    from tests.tokenizers import bytes_alone

    subject = SimpleNamespace(tokenizer=bytes_alone())
    for length, expected in [(3, ROOM), (1000, 1001)]:
        assert RecipeSubject._most(subject, [pp.Prompt("", [], "", "a" * length)], "", None) == expected


def test_an_end_of_the_bases_own_is_an_end(project):
    """The tiny base ends its pages with its own token, which is not ChatML's."""
    rows = [{"instruction": "The capital of Peru is Lima.", "output": "Lima"}]
    *_, here = untrained(project, rows)
    (answer,) = here.rows("runs/recipe/answers-base.jsonl")
    assert answer["ended"] is True
