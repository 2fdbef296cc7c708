"""The recipe that cleans chats: each kind of dirt ends as its comments say."""
# ruff: noqa: RUF001 other languages have other marks

import json
from collections import defaultdict

import pytest

from tests.documents import ROOT

RECIPES = ROOT / "recipes"
DATA = RECIPES / "data"
# What becomes of the chats that are called after their dirt: the fate, the stage, how the reason begins.
FATES = {
    "identity": ("dropped", "filter teacher_identity", "claims too high"),
    "refusal": ("dropped", "filter refusals", "refusals too high"),
    "placeholder": ("dropped", "filter placeholders", "placeholders too high"),
    "leak": ("dropped", "filter prompt_leakage", "leaks too high"),
    "cut-off": ("dropped", "filter truncated", "truncation signs too high"),
    "loop": ("dropped", "filter repetition", "equal endings too high"),
    "echo": ("dropped", "filter echo", "echo too high"),
    "network-error": ("dropped", "filter interface_residue", "interface error in a reply"),
    "quiz": ("dropped", "filter decontaminate", "contaminated by quiz: item "),
    "again": ("dropped", "filter exact_duplicates", "duplicate: of data/sharegpt-raw.json:"),
    "nearly": ("dropped", "filter near_duplicates", "near duplicate: of data/sharegpt-raw.json:"),
    "unknown-role": ("quarantined", "repair", "unknown role: "),
    "no-answer": ("quarantined", "repair", ("no reply", "empty reply")),
    "cutoff": ("tagged", "filter knowledge_cutoff", "cutoffs too high"),
    "personal": ("changed", "filter pii", ("email masked", "phone masked", "ip masked")),
    "copy-button": ("changed", "filter interface_residue", "interface residue"),
    "regenerate": ("changed", "filter interface_residue", "interface residue"),
    "counter": ("changed", "filter interface_residue", "interface residue"),
    "cursor": ("changed", "filter interface_residue", "interface residue"),
    "control-token": ("changed", "filter control_tokens", "tokens cut off around words"),
    "mojibake": ("changed", "repair", "mojibake undone"),
    "html": ("changed", "repair", "HTML tags removed"),
    "entities": ("changed", "repair", "HTML entities read"),
    "line-ends": ("changed", "repair", ("line ends made one", "control characters removed")),
    "invisible": ("changed", "repair", "invisible characters removed"),
    "surrogate": ("changed", "load", "lone surrogate replaced"),
    "leading-reply": ("changed", "repair", "turns before the first prompt cut"),
    "trailing-prompt": ("changed", "repair", "turns after the last reply cut"),
    "empty-turn": ("changed", "repair", "cut at an empty turn"),
    "merged": ("changed", "repair", "turns of one role merged"),
    "late-system": ("changed", "repair", "system turn moved to the start"),
    "number": ("changed", "repair", "number or boolean read as text: content"),
}
UNTOUCHED = {"chat", "language", "parts", "other-names"}
LOST = ("dropped", "quarantined")


def kind(row):
    return (
        row["id"].partition("-")[0]
        if row["id"].startswith(("again", "nearly"))
        else row["id"].rpartition("-")[0]
    )


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory):
    """The raw chats by line, what the ledger says of each, and the chats that are left by their id."""
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("clean"))
    here.out = here.run("prepare", "clean-sharegpt").assert_success().out
    here.raw = dict(enumerate(json.loads((DATA / "sharegpt-raw.json").read_text("utf-8")), 2))
    here.said = defaultdict(list)
    for entry in here.rows("runs/clean-sharegpt/ledger.jsonl"):
        here.said[entry["line"]].append((entry["fate"], entry["stage"], entry["reason"]))
    prepared = "runs/clean-sharegpt/prepared"
    here.left = {
        chat["meta"]["id"]: chat
        for side in ("train", "test")
        for chat in here.rows(f"{prepared}/{side}.jsonl")
    }
    return here


@pytest.mark.parametrize("dirt", FATES)
def test_dirt_ends_as_it_should(cleaned, dirt):
    fate, stage, reason = FATES[dirt]
    rows = {line: row for line, row in cleaned.raw.items() if kind(row) == dirt}
    assert len(rows) >= 2
    for line, row in rows.items():
        assert cleaned.said[line], f"{row['id']}: nothing was said of line {line}"
        for said in cleaned.said[line]:
            assert said[:2] == (fate, stage) and said[2].startswith(reason), (row["id"], said)
        assert (row["id"] in cleaned.left) == (fate not in LOST)


def test_what_is_sound_is_left_as_it_was(cleaned):
    for line, row in cleaned.raw.items():
        if kind(row) in UNTOUCHED:
            assert not cleaned.said[line] and row["id"] in cleaned.left, (row["id"], cleaned.said[line])
        if kind(row) == "chat":
            words = [turn["value"] for turn in row["conversations"]]
            assert [m["content"] for m in cleaned.left[row["id"]]["messages"]] == words
    assert {kind(row) for row in cleaned.raw.values()} == UNTOUCHED | set(FATES) | {"conflict"}


def test_of_conflicting_answers_the_longest_stays(cleaned):
    kept = [name for name in cleaned.left if name.startswith("conflict")]
    assert sorted(kept) == ["conflict-1", "conflict-4"]


@pytest.mark.parametrize(
    ("name", "turn", "present", "gone"),
    [
        ("personal-1", 0, "[EMAIL]", "kellerbau"),
        ("personal-2", 0, "[PHONE]", "668"),
        ("personal-3", 0, "[IP]", "93.184"),
        ("mojibake-2", 1, "It’s easy – here’s how: ", "â"),
        ("control-token-1", 1, "", "im_end|>"),
        ("html-3", 3, "", "<"),
        ("entities-1", 0, "Q&A: ", "&amp;"),
        ("copy-button-1", 1, "", "Copy code"),
        ("line-ends-2", 2, "\nPlease.", "\r"),
        ("counter-2", 1, "", "2 / 3"),
        ("merged-1", 1, "\n\nShall I go on?", "\x00"),
    ],
)
def test_words_are_mended(cleaned, name, turn, present, gone):
    said = cleaned.left[name]["messages"][turn]["content"]
    assert said and present in said and gone not in said


def test_roles_are_mended(cleaned):
    roles = {name: [m["role"] for m in chat["messages"]] for name, chat in cleaned.left.items()}
    assert roles["late-system-1"] == ["system", "user", "assistant", "user", "assistant"]
    assert (
        roles["leading-reply-1"]
        == roles["trailing-prompt-1"]
        == roles["other-names-1"]
        == ["user", "assistant"] * 2
    )
    assert roles["empty-turn-1"] == ["user", "assistant"]


def test_the_run_says_what_it_did_and_the_comments_are_true(cleaned):
    rows = cleaned.json("runs/clean-sharegpt/run.json")["stages"]["prepare"]["result"]["rows"]["chats"]
    assert rows["read"] == len(cleaned.raw) == rows["kept"] + rows["dropped"] + rows["quarantined"]
    assert "chats is read as sharegpt" in cleaned.out
    text = (RECIPES / "clean-sharegpt.yaml").read_text("utf-8")
    named = [
        line.split("pitchpipe ")[1].split("  ")[0]
        for line in text.splitlines()
        if line.startswith("#   pitchpipe")
    ]
    assert [command.split()[0] for command in named] == ["sniff", "why", "tune", "report"]
    _, why, tune, _ = [
        cleaned.run(*command.replace("recipes/data", str(DATA)).split()).assert_success().out
        for command in named
    ]
    assert "dropped" in why and "rows that go" in tune


def test_the_lines_that_are_comments_work_as_they_say(project):
    text = (RECIPES / "clean-sharegpt.yaml").read_text("utf-8")
    text = (
        text.replace("# repair:", "repair:")
        .replace("# - language:", "- language:")
        .replace("data/", f"{DATA}/")
    )
    here = project({"all.yaml": text})
    here.run("prepare", "all.yaml").assert_success()
    raw = (DATA / "sharegpt-raw.json").read_text("utf-8").splitlines()
    ledger = [entry for entry in here.rows("runs/all/ledger.jsonl") if entry["stage"] == "filter language"]
    gone = {json.loads(raw[entry["line"] - 1].rstrip(","))["id"]: entry["reason"] for entry in ledger}
    others = {name for name, reason in gone.items() if reason.startswith("language: ")}
    assert others == {f"language-{n}" for n in range(1, 5)}
    assert {gone[name] for name in gone.keys() - others} == {"language confidence too low"}


def test_a_run_that_loses_too_much_stops(project):
    here = project()
    here.run("prepare", "clean-sharegpt", "--set", "data.max_dropped=5%").assert_failed(
        "more than data.max_dropped of 5.0%"
    )
