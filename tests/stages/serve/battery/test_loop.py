"""The loop closes: a tuned model is served, clients say what they think, and the next training learns it."""

import json

import openai
import pytest

from tests.parrot_run import REPLY
from tests.stages.serve.battery.served import Served

pytestmark = pytest.mark.slow(seconds=15)

SERVE = """\
serve: {model: runs/one, folder: kept}
middlewares:
  - journal
  - cache
"""
NEXT = """\
model: tiny
template: chatml
loaders:
  - served: {folder: kept}
split: {train: 1.0}
trainer:
  dpo: {max_steps: 1, batch_size: 1, samples: 0}
"""
ASKED = {"learned": "Say it.", "bettered": "Add 1.", "liked": "Name a colour.", "unkept": "Keep this secret."}


class Clients:
    """The official client, and what it was answered."""

    def __init__(self, server):
        self.client = openai.OpenAI(
            base_url=f"http://127.0.0.1:{server.port}/v1", api_key="none", max_retries=0
        )

    def ask(self, words, consent="yes", **wish):
        """The id, the reply and the header of the cache."""
        chats = self.client.chat.completions.with_raw_response
        messages = [{"role": "user", "content": words}]
        wish = {"temperature": 0, "max_tokens": 64, "metadata": {"consent": consent}} | wish
        said = chats.create(model="one", messages=messages, **wish)
        whole = said.parse()
        return whole.id, whole.choices[0].message.content, said.headers.get("x-cache")

    def feed(self, **body):
        return self.client.post("/feedback", body=body, cast_to=object)


def lines(home):
    return [
        json.loads(line) for path in sorted((home / "kept").glob("journal-*.jsonl")) for line in path.open()
    ]


@pytest.fixture(scope="module")
def told(processes, home):
    """What clients were answered and told a server that was then killed, and its successor on the same folder."""
    (home / "loop.yaml").write_text(SERVE)
    server, ids = Served(processes, home, "loop.yaml"), {}
    try:
        client = Clients(server)
        for name, words in ASKED.items():
            ids[name] = client.ask(words, "no" if name == "unkept" else "yes")
        again = client.ask(ASKED["learned"])
        assert again[1:] == (REPLY, "hit") and ids["learned"][1:] == (REPLY, "miss")
        stream = client.client.chat.completions.create(
            model="one", messages=[{"role": "user", "content": ASKED["learned"]}], temperature=0,
            max_tokens=64, stream=True,
        )  # fmt: skip
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == REPLY
        assert client.ask(ASKED["learned"], temperature=1)[2] is None
        client.feed(id=ids["liked"][0], rating=-1)
        server.end(9)
        server = Served(processes, home, "loop.yaml")
        client = Clients(server)
        assert client.ask(ASKED["learned"])[1:] == (REPLY, "hit")
        client.feed(id=ids["bettered"][0], better="2, and write to jo.smith@mailbox.org")
        client.feed(id=ids["learned"][0], rating=1)
        client.feed(id=ids["liked"][0], rating=0.9)
        with pytest.raises(openai.NotFoundError) as no:
            client.feed(id=ids["unkept"][0], rating=1)
        assert no.value.code == "answer_not_found"
    finally:
        server.end()
    return ids


def test_what_was_kept(told, home):
    answers = {line["id"]: line for line in lines(home) if "id" in line}
    assert ASKED["unkept"] not in json.dumps(list(answers.values())) and told["unkept"][0] not in answers
    assert answers[told["learned"][0]]["learned"] and "learned" not in answers[told["bettered"][0]]
    assert sum(line.get("cached", False) for line in answers.values()) == 2


def test_the_next_training_learns_it(told, processes, home):
    (home / "next.yaml").write_text(NEXT)
    child = processes.start(home, "run", "next.yaml", "--name", "dpo", "--until", "train")
    assert child.wait() == 0, child.said
    (pair,) = [json.loads(line) for line in (home / "runs/dpo/prepared/train.jsonl").open()]
    assert pair["messages"][-1]["content"] == "2, and write to [EMAIL]"
    assert pair["rejected"]["content"] == told["bettered"][1]
    (home / "next.yaml").write_text(NEXT.partition("trainer:")[0] + "trainer: sft\n")
    child = processes.start(home, "prepare", "next.yaml", "--name", "sft")
    assert child.wait() == 0, child.said
    rows = [json.loads(line) for line in (home / "runs/sft/prepared/train.jsonl").open()]
    assert [row["messages"][0]["content"] for row in rows] == [ASKED["bettered"], ASKED["liked"]]
    ledger = (home / "runs/sft/ledger.jsonl").read_text()
    assert "the model was tuned on this prompt" in ledger
