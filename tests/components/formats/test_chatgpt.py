"""ChatGPT's export: one path of a tree, as its person saw it last, without what nobody can learn from."""

import json

import pytest

import pitchpipe as pp
from pitchpipe_components.formats import FORMATS

USER, REPLY = {"role": "user"}, {"role": "assistant", "name": None, "metadata": {}}


def message(author, *parts, kind="text", **more):
    said = {
        "author": author,
        "content": {"content_type": kind, "parts": list(parts)},
        "status": "finished_successfully",
    }
    return said | {"weight": 1.0, "metadata": {}, "recipient": "all"} | more


def export(*messages, **more):
    """A chat whose messages follow each other behind the empty root."""
    names = ["client-created-root", *(f"node-{n}" for n in range(len(messages)))]
    nodes = {
        name: {"id": name, "message": said, "parent": before, "children": [after] if after else []}
        for name, said, before, after in zip(
            names, [None, *messages], [None, *names], [*names[1:], None], strict=False
        )
    }
    return {"title": "Sums", "mapping": nodes, "current_node": names[-1], **more}


def read(row):
    made = FORMATS["chatgpt"]()(row)
    return made if isinstance(made, pp.Drop) else [(m.role, m.content, m.learn) for m in made.messages]


HIDDEN = message({"role": "system"}, "", weight=0.0)
ABOUT = message(USER, kind="user_editable_context", metadata={"is_visually_hidden_from_conversation": True})
ABOUT["content"] = {
    "content_type": "user_editable_context",
    "user_profile": "I teach.",
    "user_instructions": "Be brief.",
}
THOUGHTS = {"content_type": "thoughts", "thoughts": [{"summary": "Adding", "content": "2 and 2"}]}


def test_a_chat_as_it_was_seen():
    row = export(HIDDEN, ABOUT, message(USER, "2+2?"), message(REPLY, content=THOUGHTS), message(REPLY, "4"))
    assert read(row) == [
        ("system", "I teach.\n\nBe brief.", None),
        ("user", "2+2?", None),
        ("assistant", "4", None),
    ]
    assert FORMATS["chatgpt"]()(row).meta == {"title": "Sums"}


def test_the_branch_that_was_left_is_left_out():
    row = export(message(USER, "2+2?"), message(REPLY, "5"))
    nodes = row["mapping"]
    nodes["again"] = {"id": "again", "message": message(REPLY, "4"), "parent": "node-0", "children": []}
    nodes["node-0"]["children"].append("again")
    for last, answer in (("again", "4"), ("node-1", "5"), (None, "4"), (["odd"], "4")):
        assert read(row | {"current_node": last})[-1] == ("assistant", answer, None)


@pytest.mark.parametrize(
    "how", [{"status": "in_progress"}, {"metadata": {"finish_details": {"type": "interrupted"}}}]
)
def test_a_reply_that_was_cut_short_is_not_learned(how):
    row = export(
        message(USER, "Count."), message(REPLY, "1, 2,", **how), message(USER, "On."), message(REPLY, "3")
    )
    assert [learn for _, _, learn in read(row)] == [None, False, None, None]


@pytest.mark.parametrize(
    "said",
    [
        message({"role": "tool", "name": "python"}, "4"),
        message(REPLY, "print(2+2)", recipient="python"),
        message(REPLY, content={"content_type": "code", "text": "print(2+2)"}),
    ],
)
def test_chats_with_tools_of_its_own_are_dropped(said):
    assert isinstance(read(export(message(USER, "2+2?"), said, message(REPLY, "4"))), pp.Drop)


def test_images_are_left_to_the_sources_own_rule(project):
    """As in any other format: dropped, or learned for their words; what was said aloud is text."""
    image = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x", "width": 4}
    spoken = {"content_type": "audio_transcription", "text": "And this?", "direction": "in"}
    rows = [
        export(message(USER, image, "What is this?", kind="multimodal_text"), message(REPLY, "A cat.")),
        export(message(USER, spoken, kind="multimodal_text"), message(REPLY, "A dog.")),
    ]
    recipe = "loaders:\n  - files: {path: conversations.json}\n"
    here = project({"conversations.json": json.dumps(rows), "recipe.yaml": recipe})
    out = here.run("prepare", "recipe.yaml").assert_success().out
    assert "conversations.json is read as chatgpt" in out
    assert [row["messages"][0]["content"] for row in here.rows("runs/recipe/prepared/train.jsonl")] == [
        "And this?"
    ]
    assert "image parts" in here.read("runs/recipe/ledger.jsonl")


def test_a_circle_has_an_end():
    row = export(message(USER, "a"), message(REPLY, "b"))
    row["mapping"]["client-created-root"]["parent"] = "node-1"
    assert len(read(row)) == 2
