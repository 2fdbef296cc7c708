"""Runs as far as `compare` reads them, written by hand; and a server of them in a thread."""

import http.client
import json
from contextlib import contextmanager
from threading import Thread

from pitchpipe_tools.compare.ballot_box import BallotBox
from pitchpipe_tools.compare.contestants import contestants
from pitchpipe_tools.compare.duels import duels_of
from pitchpipe_tools.compare.serving import server_of

RECORD = {"recipe": "recipe.yaml", "stages": {"evaluate tuned": {"parts": {}, "done": True}}}
SCRIPT = "<script>document.title = 'broken'</script><img src=x onerror=\"document.title='broken'\">"


def talk(id, asked, reply="42", system="", category=""):
    before = [{"role": "system", "content": system}] if system else []
    messages = [*before, {"role": "user", "content": asked}, {"role": "assistant", "content": reply}]
    return {"messages": messages, "id": id, "category": category, "source": {"file": "rows.jsonl", "line": 1}}


def answer(id, asked, said, ended=True):
    return {"id": id, "prompt": asked, "expected": "42", "said": said, "ended": ended, "scores": {}}


def run_of(folder, talks, **models):
    """A run in a folder; each model's replies by the id of the prompt."""
    (folder / "prepared").mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(RECORD))
    _lines(folder / "prepared" / "test.jsonl", talks)
    asked = {one["id"]: one["messages"][-2]["content"] for one in talks}
    for model, replies in models.items():
        rows = [answer(id, asked.get(id, id), said) for id, said in replies.items()]
        _lines(folder / f"answers-{model}.jsonl", rows)
    return folder


def some_run(folder, count=20):
    """A run whose models differ everywhere."""
    talks = [talk(f"id{n}", f"Question {n}?", category=("odd" if n % 2 else "even")) for n in range(count)]
    base, tuned = ({f"id{n}": f"{word} {n}" for n in range(count)} for word in ("No", "Yes"))
    return run_of(folder, talks, base=base, tuned=tuned)


def _lines(file, rows):
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


class Client:
    """A page of one rater, without the browser."""

    def __init__(self, port, token=""):
        self.port, self.token, self.rater = port, token, ""

    def ask(self, path, body=None, headers=None, method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        ours = {"Content-Type": "application/json", "X-Rater": self.rater, "X-Token": self.token}
        given = {name: value for name, value in (ours | (headers or {})).items() if value is not None}
        sent = None if method != "POST" else body if isinstance(body, bytes) else json.dumps(body or {})
        connection.request(method, path, sent, given)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        is_json = answer.headers["Content-Type"] == "application/json"
        return answer.status, json.loads(text) if is_json else text, answer.headers

    def join(self, name=""):
        self.rater = self.ask("/api/join", {"name": name})[1]["rater"]
        return self

    def next(self):
        return self.ask("/api/next")[1]

    def vote(self, page, choice, attempt="", **more):
        body = {"task": page["task"]["key"], "choice": choice, "attempt": attempt or page["task"]["key"]}
        return self.ask("/api/vote", body | more)


@contextmanager
def served(*runs, host="127.0.0.1", file=None, port=0, limit=None, told=lambda words: None):
    """The server, and a box of votes."""
    sides = contestants(runs)
    duels = duels_of(sides, limit)
    box = BallotBox(file or runs[0] / "votes.sqlite")
    server = server_of(sides, duels, box, host, port, told)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server, box, duels.by_key
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        box.close()
