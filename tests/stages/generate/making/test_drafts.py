"""Drafting ends where it is in vain, and a generator that raises does not burn money."""

import pytest

from tests.generating import KEY, VARIABLE, answer, bad_server, digits, files

TASKS = "  - tasks: {{teacher: writer, seeds: seeds.jsonl, wanted: {wanted}, mode: {mode}}}\n"
MADE = "generated/recipe/made.json"


@pytest.fixture(scope="module")
def server():
    with bad_server(lambda body: server_says(body)) as one:
        yield one


def server_says(body):
    """Three tasks, again and again, where the mode is so."""
    words = body["messages"][0]["content"]
    return f"Task {digits(words, 3)}" if "Draft like" in words and "Again" in words else answer(body)


def generate(project, server, text, plugin=None):
    here = project(files(server.url, text), **{VARIABLE: KEY})
    if plugin:
        here.write({"pitchpipe_local.py": plugin})
    server.asked.clear()
    return here, here.run("generate", "recipe.yaml")


@pytest.mark.slow(seconds=5)
def test_a_teacher_that_repeats_itself_is_not_asked_for_ever(project, server):
    here = project(files(server.url, TASKS.format(wanted=50, mode="fine")), **{VARIABLE: KEY})
    here.write({"seeds.jsonl": [{"instruction": f"Again {n}"} for n in range(200)]})
    server.asked.clear()
    here.run("generate", "recipe.yaml").assert_failed(code=1)
    made = here.json(MADE)
    accepted = len(here.rows("generated/recipe/rows.jsonl"))
    assert not made["finished"] and "of the last 200 candidates" in made["problem"]
    assert "the same as another" in made["problem"]
    assert 1 <= accepted <= 10 and made["generators"][0]["done"] == accepted
    assert len(server.asked) <= 400
    sent = len(server.asked)
    here.run("generate", "recipe.yaml").assert_failed(code=1)
    assert len(server.asked) == sent


@pytest.mark.parametrize(
    ("mode", "why"), [("length", "max_tokens was too few (16)"), ("refusal", "I cannot help")]
)
def test_drafts_that_all_give_nothing_end_soon(project, server, mode, why):
    here, done = generate(project, server, TASKS.format(wanted=500, mode=mode))
    done.assert_failed(code=1)
    assert "the last 16 drafts gave nothing" in here.json(MADE)["problem"]
    assert why in here.json(MADE)["problem"]
    assert len(server.asked) <= 16 + 16
    assert here.rows("generated/recipe/rows.jsonl") == []


def test_few_wanted_are_not_asked_for_more_than_they_are(project, server):
    """20 replies, all cut: 20 drafts at most are under way for 20 that are wanted."""
    here, _ = generate(project, server, TASKS.format(wanted=20, mode="length"))
    assert len(server.asked) <= 40 and here.rows("generated/recipe/rows.jsonl") == []


RAISES = """
import pitchpipe as pp

@pp.hookimpl
def register_generators(register):
    register("raises", raises)

async def raises(source, ask, *, at: str = "Seed"):
    said = await ask(source.messages[0].content)
    if at in source.messages[0].content:
        {}["nothing"]
    yield pp.made(instruction=source.messages[0].content, output=said.text)
"""


def test_a_plugin_that_crashes_stops_after_the_third_time(project, server):
    seeds = [{"instruction": f"Seed {n}"} for n in range(100)]
    here = project(
        files(server.url, "  - raises: {teacher: writer, seeds: seeds.jsonl}\n"), **{VARIABLE: KEY}
    )
    here.write({"pitchpipe_local.py": RAISES, "seeds.jsonl": seeds})
    server.asked.clear()
    here.run("generate", "recipe.yaml").assert_failed(
        "generator 'raises' fails: KeyError at pitchpipe_local.py:11: 'nothing'. It did so for 3 sources"
    )
    assert len(server.asked) <= 3 + 2 * 16


def test_a_plugin_that_crashes_once_loses_one_source(project, server):
    text = "  - raises: {teacher: writer, seeds: seeds.jsonl, at: Seed 3}\n"
    here, done = generate(project, server, text, RAISES)
    done.assert_success()
    assert len(here.rows("generated/recipe/rows.jsonl")) == 7
    (line,) = here.rows("generated/recipe/ledger.jsonl")
    assert line["fate"] == "quarantined" and "KeyError at pitchpipe_local.py:11" in line["reason"]


@pytest.mark.parametrize(("body", "said"), [
    ("    return [pp.made(instruction='a')]", "it must be an `async def` that yields pp.made(...)"),
    ("    yield 'a'", "generator 'raises' yields 'a': it must yield pp.made(...)"),
])  # fmt: skip
def test_what_is_no_generator_is_told(project, server, body, said):
    plugin = RAISES.partition("    said")[0] + body + "\n"
    here, done = generate(project, server, "  - raises: {teacher: writer, seeds: seeds.jsonl}\n", plugin)
    done.assert_failed(said)
    assert not (here.folder / "generated/recipe/rows.jsonl").exists()


def test_a_draft_whose_question_failed_stays_passed_over(project, server):
    """Else another draft would be shown other tasks, and all after it would be paid for again."""
    here = project(files(server.url, TASKS.format(wanted=10, mode="fine")), **{VARIABLE: KEY})
    plugin = here.read("pitchpipe_local.py")
    deaf = plugin.replace('said = await ask(f"mode:{self.mode}', 'said = await ask(f"mode:{how(listed)}')
    chosen = "\ndef how(listed):\n    return '400' if sum(map(ord, listed)) % 3 == 0 else 'fine'\n"
    here.write({"pitchpipe_local.py": deaf + chosen})
    here.run("generate", "recipe.yaml").assert_success()
    rows, made = here.read("generated/recipe/rows.jsonl"), here.json(MADE)
    failed = sum(one["failed"] for one in made["generators"][0]["operators"].values())
    assert failed == len(made["passed_over"]) > 0
    server.asked.clear()
    here.run("generate", "recipe.yaml").assert_success()
    assert server.asked == [] and here.read("generated/recipe/rows.jsonl") == rows
