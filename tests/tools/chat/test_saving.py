"""What /save writes is read back as the same conversation, by the loaders, the formats and the repair of a run."""

import json

import pytest

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_tools.chat.saving import append, row_of

SYSTEM, ASK = Message("system", "Sei kurz: 日本."), Message("user", 'Zeile 1\nZeile 2\u2028 "x" \\ </s> 👩‍🚀')
SAY, CUT = Message("assistant", "Gut.\n\n- a"), Message("assistant", "Nur halb", learn=False)
THINK = Message("assistant", "Six.", reasoning="Twice three.\n\nSo be it.")
TALKS = {
    "plain": Conversation((ASK, SAY)),
    "system": Conversation((SYSTEM, ASK, SAY, Message("user", "Und?"), SAY)),
    "cut": Conversation((ASK, CUT, Message("user", "Und?"), SAY)),
    "reasoning": Conversation((ASK, THINK)),
}
RECIPE = """\
model: tiny
template: chatml
loaders: [files: {path: chat.jsonl}]
split: {train: 1.0}
"""


@pytest.fixture
def prepared(project, tmp_path):
    here = project({"recipe.yaml": RECIPE})
    for talk in TALKS.values():
        append(here.folder / "chat.jsonl", talk)
    here.run("prepare", "recipe.yaml").assert_success()
    return here


def test_rows_are_the_same_conversations(prepared):
    from pitchpipe_stages.prepare.examples import PreparedExamples

    read = PreparedExamples(prepared.folder / "runs/recipe/prepared", "train").conversations()
    found = {talk.messages for talk in read}
    assert found == {talk.messages for talk in TALKS.values()}


def test_sniff_knows_them(prepared):
    out = prepared.run("sniff", "chat.jsonl").assert_success().out
    assert "messages" in out and "4" in out


def test_rows_are_appended_to_a_file_of_any_ending(tmp_path):
    file = tmp_path / "chat.jsonl"
    assert append(file, TALKS["plain"]) == 1
    file.write_text(file.read_text().rstrip("\n"))  # as editors may leave it
    assert append(file, TALKS["cut"]) == 2
    rows = [json.loads(line) for line in file.read_text("utf-8").split("\n")[:-1]]
    assert rows == [row_of(TALKS["plain"]), row_of(TALKS["cut"])]
    assert rows[1]["messages"][1] == {"role": "assistant", "content": "Nur halb", "weight": 0}


def test_what_is_saved_is_asked_again_as_it_was():
    """A chat goes on from reasoning as training writes it: the template decides what of it is kept."""
    from pitchpipe_components.templates import DATA
    from pitchpipe_stages.render.renderer import Renderer
    from pitchpipe_stages.render.writer import writer_of
    from tests.chat_tokenizers import kinds

    renderer = Renderer(writer_of(DATA["alpaca_short"]), kinds()["bytes"])
    said = (ASK, THINK, Message("user", "Und?"))
    assert renderer.next_prompt(Conversation(said, meta={"reasoning_in_words": True}))
    with pytest.raises(Quarantine):
        renderer.next_prompt(Conversation(said))
