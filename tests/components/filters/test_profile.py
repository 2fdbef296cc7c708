"""The profile sft_default keeps ordinary rows and drops broken ones."""

import pytest

import pitchpipe as pp
from pitchpipe_components.filters import SFT_DEFAULT
from tests.components.filters.talks import (
    BY_NAME,
    CODE,
    LONG,
    ORDINARY,
    PLAIN,
    conversation_of,
    dropped,
    reply,
)
from tests.documents import ROOT


def profiled(chat):
    """What a conversation is after the profile's own filters, or the first drop of them."""
    for entry in SFT_DEFAULT.entries:
        name, options = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        if name in BY_NAME and options.get("action") != "tag":
            verdict = BY_NAME[name](chat, **options)
            if dropped(verdict):
                return dropped(verdict)
            chat = conversation_of(verdict)
    return chat


@pytest.mark.parametrize(
    "text",
    [text for text in ORDINARY if text]
    + [CODE, PLAIN, LONG, "I'm sorry, but I can't help.", "Apples, pears, etc.", "And so..."],
)
def test_the_profile_keeps_what_is_ordinary(text):
    chat = reply(text)
    kept = profiled(chat)
    assert kept is chat or ("<|im_end|>" in text and "< |im_end|>" in kept.messages[1].content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I am ChatGPT.",
        "My name is [Your Name].",
        "<nooutput>",
        "No output.",
        "#Rewritten Prompt#: x",
        "```\nopen",
        PLAIN + "I do not know. " * 9,
        "What do you say to that?",
        "x" * 200_001,
    ],
)
def test_the_profile_drops_what_is_broken(text):
    assert isinstance(profiled(reply(text)), pp.Drop)


@pytest.mark.parametrize("name", ["sft_default", "generated", "self_instruct"])
def test_a_profile_names_filters_and_options_that_there_are(project, name):
    rows = [
        {"instruction": f"Say the number {n} in words.", "output": f"{word}."}
        for n, word in ((1, "One"), (2, "Two"))
    ]
    recipe = f"loaders:\n  - files: {{path: rows.jsonl}}\nfilters: [{name}]\n"
    project({"recipe.yaml": recipe, "rows.jsonl": rows}).run("check", "recipe.yaml").assert_success()


@pytest.mark.parametrize(
    ("profile", "row", "reason"),
    [
        ("generated", ("Hi there", "Good morning!"), "instruction chars too low"),
        ("generated", ("Name a river of Asia", "Ob."), "reply chars too low"),
        ("generated", ("Name a river of Asia", "Name a river of Asia: the Lena."), "echo too high: name a river of asia"),
        ("generated", ("Name some rivers of Asia", "The Lena, the Ob, etc."), "truncation signs too high"),
        ("generated", ("#Rewritten Prompt#: Name a river", "The Lena."), "leaks too high"),
        ("generated", ("Name three mountains of Asia", "K2, Lhotse, Nuptse."), "similarity too high: of rows.jsonl:1"),
        ("generated", ("Name three long rivers of Asia", "Ob, Lena, Amur."), None),
        ("generated: {length: {min_reply_chars: 20, max_reply_chars: 2048}}", ("Name a river of Asia", "The Lena."), "reply chars too low"),
        ("self_instruct", ("Name a river", "The Lena."), "instruction words too low"),
        ("self_instruct", ("Draw a long river of Asia", "The Lena."), "blacklisted too high"),
        ("self_instruct", ("Écrivez une lettre courte", "Chère Ada"), "prompt opens outside ASCII"),
        ("self_instruct", ("Name the four largest mountains of Asia", "K2, Lhotse."), "similarity too high: of rows.jsonl:1"),
        ("self_instruct", ("Name three long rivers of Asia", "The Lena."), None),
    ],
)  # fmt: skip
def test_profiles_for_made_rows_drop_what_the_documents_and_the_paper_drop(project, profile, row, reason):
    first = ("Name the three largest mountains of Asia", "Everest, K2 and Kangchenjunga.")
    if profile == "generated":
        first = ("Name three mountains of wide Asia", "Everest, K2 and Kangchenjunga.")
    rows = [{"instruction": asked, "output": said} for asked, said in (first, row)]
    recipe = f"loaders:\n  - files: {{path: rows.jsonl}}\nfilters:\n  - {profile}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    dropped = {
        line["line"]: line["reason"]
        for line in here.rows("runs/recipe/ledger.jsonl")
        if line["fate"] == "dropped"
    }
    assert 1 not in dropped
    assert (dropped.get(2) or "").startswith(reason or "") and bool(reason) == (2 in dropped)


def test_the_docs_know_every_filter():
    page = (ROOT / "docs/filters.md").read_text("utf-8")
    assert [name for name in [*BY_NAME, "language", "tokens"] if f"`{name}`" not in page] == []
    for entry in SFT_DEFAULT.entries:
        assert f"`{entry}`" in page or next(iter(entry)) in page
