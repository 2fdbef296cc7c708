"""Shards go through filters in any number of processes, once, and a kill at any moment costs nothing."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PLUGIN = """
import os
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("first", first)
    register("second", second)
    register("every_tenth", EveryTenth)

def said(name):
    with open(os.environ.get("CALLS", os.devnull), "a") as file:
        file.write(name + "\\n")

def first(conversation, *, min_chars: int = 0):
    said("first")
    return pp.judged(conversation, chars=(len(conversation.replies()[0]), min_chars, None))

def second(conversation, *, word: str = "!"):
    said("second")
    *before, last = conversation.messages
    return pp.noted(pp.replace(conversation, messages=(*before, pp.replace(last, content=last.content + word))), "louder")

class EveryTenth:
    "Drops every tenth that it sees."
    def __init__(self):
        self.seen = 0

    def __call__(self, conversation):
        self.seen += 1
        return conversation if self.seen % 10 else pp.drop("a tenth")
"""
RECIPE = """
loaders:
  - files: {path: "a/*.jsonl", name: a}
  - files: {path: "more/*.jsonl", name: more}
filters:
  - first: {min_chars: 8}
  - exact_duplicates
  - every_tenth
  - second
  - near_duplicates: {threshold: 0.9}
split: {train: 0.8, test: 0.2}
"""


def made_rows(count, seed=0):
    chance = random.Random(seed)
    words = [f"word{n}" for n in range(300)]
    return [
        {
            "instruction": f"Say {number % (count * 2 // 3)}.",
            "output": " ".join(chance.choices(words, k=chance.randint(1, 40))),
        }
        for number in range(count)
    ]


def files(count=900):
    """Two sources of several files, and so of several shards."""
    rows = made_rows(count)
    few = count // 12
    parts = {f"a/{n:02}.jsonl": rows[n * few : (n + 1) * few] for n in range(12)}
    more = {"more/b.jsonl": rows[:200] + made_rows(300, 1), "more/c.jsonl": made_rows(50, 2)}
    return {"recipe.yaml": RECIPE, "pitchpipe_local.py": PLUGIN} | parts | more


def bytes_of(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in [*(run / "prepared").iterdir(), run / "ledger.jsonl"]}


def test_the_same_bytes_whatever_the_number_of_processes(project):
    here = project(files())
    for number in ("1", "2", "5"):  # each in a process of its own, so that Python hashes otherwise too
        here.run(
            "prepare", "recipe.yaml", "--name", number, "--processes", number, process=True
        ).assert_success()
    runs = here.folder / "runs"
    assert len(list((runs / "1/rows").glob("*/*.base"))) > 10
    assert bytes_of(runs / "1") == bytes_of(runs / "2") == bytes_of(runs / "5")
    found = here.json("runs/1/run.json")["stages"]["prepare"]["result"]["rows"]
    assert {w["stage"] for counts in found.values() for w in counts["why"]} == {
        "filter first",
        "filter exact_duplicates",
        "filter every_tenth",
        "filter second",
    }
    assert sum(c["read"] for c in found.values()) == 1450


def calls(here, *arguments):
    """How often each function filter was called in one run."""
    file = here.folder / "calls"
    file.unlink(missing_ok=True)
    here.run("prepare", "recipe.yaml", *arguments, CALLS=str(file)).assert_success()
    said = file.read_text().split() if file.exists() else []
    return {name: said.count(name) for name in set(said)}


def test_changing_one_filter_redoes_only_what_follows_from_it(project):
    here = project(files())
    whole = calls(here)
    assert whole["first"] == 1450 and 0 < whole["second"] < 1450
    assert calls(here) == {}
    assert calls(here, "--set", "filters.second.word=loud") == {"second": whole["second"]}
    assert (
        calls(
            here, "--set", "filters.second.word=loud", "--set", "split.test=0.1", "--set", "split.train=0.9"
        )
        == {}
    )
    assert calls(here, "--set", "filters.first.min_chars=9")["first"] == 1450


def test_one_more_source_leaves_what_was_read(project):
    here = project(files())
    calls(here)
    here.write(
        {
            "recipe.yaml": RECIPE.replace("filters:", "  - files: {path: d.jsonl}\nfilters:", 1),
            "d.jsonl": made_rows(20, 5),
        }
    )
    assert calls(here)["first"] == 20


def test_what_is_known_and_what_is_not_may_differ_from_shard_to_shard(project):
    """A kill may leave a step that compares all rows known to some shards only."""
    here = project(files())
    here.run("prepare", "recipe.yaml").assert_success()
    run = here.folder / "runs/recipe"
    expected = bytes_of(run)
    for number, file in enumerate(sorted((run / "rows").glob("*/*.track"))):
        if number % 3 == 0:
            file.unlink()
    for file in [*(run / "rows").glob("*/*.done"), run / "ledger.jsonl"]:
        file.unlink()
    here.run("prepare", "recipe.yaml").assert_success()
    assert bytes_of(run) == expected


def test_killed_at_twenty_random_moments_it_ends_with_the_same_bytes(project):
    here = project(files(4000))
    began = time.monotonic()
    here.run(
        "prepare", "recipe.yaml", "--name", "undisturbed", "--processes", "2", process=True
    ).assert_success()
    whole = time.monotonic() - began
    expected = bytes_of(here.folder / "runs/undisturbed")
    chance = random.Random(7)
    command = [
        sys.executable,
        "-m",
        "pitchpipe",
        "prepare",
        "recipe.yaml",
        "--name",
        "killed",
        "--processes",
        "2",
    ]
    killed = 0
    for attempt in range(20):
        if attempt % 5 == 4:  # begin anew, so that early moments are met too
            while (here.folder / "runs/killed").exists():  # a worker may still be writing its last file
                shutil.rmtree(here.folder / "runs/killed", ignore_errors=True)
        process = subprocess.Popen(
            command,
            cwd=here.folder,
            env=os.environ | here.environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(chance.uniform(0.1, whole))
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert killed >= 10
    here.run("prepare", "recipe.yaml", "--name", "killed", "--processes", "2").assert_success()
    assert bytes_of(here.folder / "runs/killed") == expected


def test_workers_end_with_their_parent(project):
    here = project(files(4000))
    slow = PLUGIN.replace('    said("first")\n', "    import time; time.sleep(0.02)\n")
    here.write({"pitchpipe_local.py": slow})
    command = [sys.executable, "-m", "pitchpipe", "prepare", "recipe.yaml", "--processes", "3"]
    process = subprocess.Popen(
        command, cwd=here.folder, env=os.environ | here.environment, stdout=subprocess.DEVNULL
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None and len(workers := children.read_text().split()) < 3:
        time.sleep(0.05)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in workers):
        time.sleep(0.1)
    assert len(workers) == 3 and not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_an_interrupt_ends_quietly_and_the_run_goes_on(project):
    here = project(files(4000))
    slow = PLUGIN.replace('    said("first")\n', "    import time; time.sleep(0.001)\n")
    here.write({"pitchpipe_local.py": slow})
    command = [sys.executable, "-m", "pitchpipe", "prepare", "recipe.yaml", "--processes", "2"]
    process = subprocess.Popen(
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        args=command,
        cwd=here.folder,
        env=os.environ | here.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(here.folder.glob("runs/recipe/rows/*/*.base")):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in said
    here.run("prepare", "recipe.yaml").assert_success()


def test_a_crash_in_a_worker_is_told_as_in_one_process(project):
    here = project(files())
    here.write({"pitchpipe_local.py": PLUGIN.replace('    said("second")\n', "    conversation.nothing\n")})
    for processes in ("1", "2"):
        here.run("prepare", "recipe.yaml", "--processes", processes).assert_failed(
            "AttributeError", "in filter 'second' of plugin 'pitchpipe_local'", "at a/", code=1
        )
