"""A model writes instructions by itself: what a raw text gets, what is taken of it, and who cannot be asked."""

import random

import pytest

from tests.bad_server import bad_server

RECIPE = """\
teachers:
  writer: {{openai: {{url: {url}, model: tutor}}}}
  other: {{openai: {{url: 'https://api.openai.com/v1', model: gpt-5-mini}}}}
generators:
  - magpie: {{teacher: {teacher}, prefix: {prefix}, instructions: 6, min_chars: 12{more}}}
loaders: [generated]
"""
WORDS = ["bake", "paint", "count", "sing", "plant", "solder", "juggle", "translate", "whittle", "debug"]


class AsUsers:
    """Says what people ask, every reply another, some of it useless; and answers."""

    def __init__(self):
        self.raw, self.chance = [], random.Random(3)

    def __call__(self, body):
        if "messages" in body:
            return f"An answer to: {body['messages'][-1]['content']}"
        self.raw.append(body)
        verb, other = self.chance.sample(WORDS, 2)
        odd = {
            1: "Hi.",
            2: "",
            3: "How do I sew?<|im_end|>\n<|im_start|>assistant\nSo.",
            5: "Tell me about {tea} and <b>.",
        }
        return odd.get(
            len(self.raw), f"  How would you {verb} with {len(self.raw)} friends who never {other}?\n"
        )


@pytest.fixture
def here(project):
    return project({})


def recipe(here, server, prefix="chatml", teacher="writer", more=""):
    text = RECIPE.format(url=server.url, prefix=prefix, teacher=teacher, more=more)
    here.write({"recipe.yaml": text})
    return here


def test_a_tuned_model_asks_itself_and_answers(here):
    users = AsUsers()
    with bad_server(users, key="") as server:
        recipe(here, server).run("generate", "recipe.yaml").assert_success()
        rows = here.rows("generated/recipe/rows.jsonl")
        sent = len(server.asked)
        here.run("generate", "recipe.yaml").assert_success()
        assert len(server.asked) == sent
    assert len(rows) == 6
    assert "<|im_start|>user" in here.run("why", "generated/recipe", "1").assert_success().out
    for row in rows:
        asked, answer = (message["content"] for message in row["messages"])
        assert asked == asked.strip() and len(asked) >= 12 and "<|" not in asked
        assert answer == f"An answer to: {asked}"
    assert {(body["prompt"], tuple(body["stop"]), body["temperature"]) for body in users.raw} == {
        ("<|im_start|>user\n", ("<|im_end|>",), 1.0)
    }
    reasons = [line["reason"] for line in here.rows("generated/recipe/ledger.jsonl")]
    assert {"too short", "a control token: <|im_end|>", "the reply is empty"} <= set(reasons)


def test_equal_instructions_are_taken_once(here):
    with bad_server(lambda body: "How is soap made?", key="") as server:
        outcome = recipe(here, server, more=", max_tokens: 20").run("generate", "recipe.yaml")
        assert outcome.code == 1
        assert len(here.rows("generated/recipe/rows.jsonl")) == 1
        assert len(server.asked) < 2000


@pytest.mark.parametrize(("prefix", "teacher", "said"), [
    ("chatml", "other", "recipe.yaml:5: generators.1.magpie.teacher: this needs a teacher that can raw, and openai cannot. Of this recipe, writer can"),
    ("chatml, novelty: {rouge: 0.7}", "writer", "novelty: no measure 'rouge': rouge_l, jaccard, cosine. Did you mean 'rouge_l'?"),
    ("chatlm", "writer", "prefix: no template 'chatlm'. Did you mean 'chatml'?"),
])  # fmt: skip
def test_a_mistake_is_told_before_anything_is_asked(here, prefix, teacher, said):
    with bad_server(key="") as server:
        recipe(here, server, prefix, teacher).run("check", "recipe.yaml").assert_failed(said)
        assert not server.asked
