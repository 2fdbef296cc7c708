"""Each held-out conversation counts, also one that stands there twice."""

MANY_TIMES = """\
model: tiny
template: alpaca_short
loaders:
  - files: {path: rows.jsonl, side: test}
evaluators: [perplexity, {exact_match: {max_new_tokens: 4}}]
"""


def test_a_conversation_that_stands_twice_counts_twice(project, rows):
    here = project({"recipe.yaml": MANY_TIMES, "rows.jsonl": [*rows, rows[0], rows[0]]})
    here.run("run", "recipe.yaml").assert_success()
    scores = here.json("runs/recipe/scores.json")["base"]
    assert scores["perplexity"]["count"] == scores["exact_match"]["count"] == 4
    answers = here.rows("runs/recipe/answers-base.jsonl")
    (same,) = {answer["id"].partition(".")[0] for answer in answers if answer["expected"] == "Hello!"}
    assert [answer["id"] for answer in answers if answer["id"].startswith(same)] == [
        same,
        f"{same}.2",
        f"{same}.3",
    ]


SEVERAL_REPLIES = """\
model: tiny_seq2seq
template: seq2seq
collator: seq2seq
loaders:
  - files: {path: rows.jsonl, side: test}
evaluators: [perplexity, {exact_match: {max_new_tokens: 4}}]
"""


def test_each_reply_of_a_chat_is_asked_where_each_is_an_example(project):
    """An encoder-decoder learns one reply at a time: all parts of a chat had one id."""
    said = ["What is 1 and 1?", "It is 2.", "And 2 and 2?", "It is 4."]
    turns = [{"role": ["user", "assistant"][at % 2], "content": words} for at, words in enumerate(said)]
    here = project({"recipe.yaml": SEVERAL_REPLIES, "rows.jsonl": [{"messages": turns}]})
    here.run("run", "recipe.yaml").assert_success()
    scores = here.json("runs/recipe/scores.json")["base"]
    assert scores["perplexity"]["count"] == scores["exact_match"]["count"] == 2
    answers = here.rows("runs/recipe/answers-base.jsonl")
    assert [answer["expected"] for answer in answers] == ["It is 2.", "It is 4."]
