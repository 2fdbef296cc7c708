"""Each kind of teacher at work for `pitchpipe generate`: a server that thinks, a record, the recipe's own model."""

import pytest

from tests.bad_server import bad_server

SEEDS = [{"instruction": f"Say {n}."} for n in range(5)]
RECIPE = """\
teachers:
  writer: {teacher}
generators:
  - {generator}
loaders: [generated]
"""


@pytest.fixture
def here(project):
    return project({"seeds.jsonl": SEEDS})


def generate(
    here, teacher, generator="answers: {teacher: writer, seeds: seeds.jsonl, max_tokens: 12}", more=""
):
    here.write({"recipe.yaml": RECIPE.format(teacher=teacher, generator=generator) + more})
    return here.run("generate", "recipe.yaml")


def rows(here):
    return [(row["id"], row["messages"]) for row in here.rows("generated/recipe/rows.jsonl")]


def test_what_a_model_thought_is_kept_beside_what_it_said(here):
    with bad_server(lambda body: "<think>\nShort, then.\n</think>\n\nYes.", key="") as server:
        generate(here, f"{{openai: {{url: '{server.url}', model: tutor}}}}").assert_success()
    assert len(rows(here)) == 5
    assert all(
        messages[-1]["content"] == "Yes." and messages[-1]["reasoning"] == "Short, then."
        for _, messages in rows(here)
    )


MAGPIE = "magpie: {teacher: writer, prefix: chatml, instructions: 3, novelty: {rouge_l: 1}}"


@pytest.mark.parametrize("generator", ["answers: {teacher: writer, seeds: seeds.jsonl}", MAGPIE])
def test_a_record_answers_in_place_of_the_server(here, generator):
    count = iter(range(1000))
    with bad_server(lambda body: f"the answer number {next(count)}", key="") as server:
        generate(here, f"{{openai: {{url: '{server.url}', model: tutor}}}}", generator).assert_success()
        sent, made = len(server.asked), rows(here)
        (here.folder / "generated").rename(here.folder / "before")
        record = "{recorded: {path: before/recipe/asks.sqlite}}"
        generate(here, record, generator).assert_success()
        assert rows(here) == made
        assert len(server.asked) == sent


def test_a_record_that_lacks_an_answer_stops_with_the_question(here):
    messages = [[{"role": "user", "content": seed["instruction"]}] for seed in SEEDS]
    here.write({"replies.jsonl": [{"request": {"messages": one}, "reply": "yes"} for one in messages[:4]]})
    outcome = generate(here, "{recorded: {path: replies.jsonl}}")
    outcome.assert_failed("replies.jsonl has no reply to a question, and was asked: 'Say 4.'")
    assert len(rows(here)) == 4


@pytest.mark.slow(seconds=6)
def test_the_recipes_own_model_answers_the_same_in_any_batch(here):
    more = "model: tiny\ntemplate: alpaca_short\n"
    asks = "answers: {teacher: writer, seeds: seeds.jsonl, max_tokens: 8, accept: [cut], sorry: keep}"
    generate(here, "{model: {batch_size: 4}}", asks, more)
    made = rows(here)
    (here.folder / "generated").rename(here.folder / "before")
    generate(here, "{model: {batch_size: 1}}", asks, more)
    assert rows(here) == made and len(made) > 2
