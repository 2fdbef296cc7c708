"""Replies in prepared data: those that need examples of their own, those that are not learned, their ends."""

import pytest

from tests.chat_tokenizers import kinds
from tests.stages.render.test_by_reply import FORGETFUL, PLAIN

RECIPE = "model:\n  transformers: {folder: model}\ntemplate: %s\nloaders:\n  - files: {path: rows.jsonl}\ncollator:\n  padded: {length: 400}\n"
LOCAL = '''"""A template as code."""
import pitchpipe as pp

@pp.hookimpl
def register_templates(register):
    register("unended", unended)
    register("cut_short", cut_short)

def unended(conversation):
    """Learn no reply's end."""
    for message in conversation.messages:
        yield pp.Piece(message.content, message.role == "assistant")
        yield pp.Piece("{eos}", control=True)

def cut_short(conversation):
    """Learn each reply but for its last letters."""
    for message in conversation.messages:
        learn = message.role == "assistant"
        yield pp.Piece(message.content[:-3], learn)
        yield pp.Piece(message.content[-3:])
        yield pp.Piece("{eos}", learn, True)
'''


def chat(*said, **more):
    roles = ("user", "assistant") * len(said)
    return {"messages": [{"role": r, "content": c} for r, c in zip(roles, said, strict=False)], **more}


@pytest.fixture
def ready(project):
    """A project with a model's folder whose tokenizer has this chat template."""

    def made(source, rows, template="tokenizer", recipe=RECIPE):
        from copy import deepcopy

        from transformers import LlamaConfig

        files = {"recipe.yaml": recipe % template, "rows.jsonl": rows, "pitchpipe_local.py": LOCAL}
        here = project(files)
        tokenizer = deepcopy(kinds()["bytes"])
        tokenizer.chat_template = source
        tokenizer.save_pretrained(here.folder / "model")
        LlamaConfig(vocab_size=len(tokenizer)).save_pretrained(here.folder / "model")
        return here

    return made


def prepared(here):
    """What the command says, its lines joined."""
    outcome = here.run("prepare", "recipe.yaml")
    outcome.assert_success()
    return " ".join(outcome.out.split())


THINKS = [chat(f"Count to {n}?", f"<think>\nEasy.\n</think>\n\n{n}", "More?", f"<think>\nHm.\n</think>\n\n{n + 1}") for n in range(8)]  # fmt: skip


def test_conversations_that_become_several_examples_are_counted_and_told(ready):
    here = ready(FORGETFUL, THINKS, recipe=RECIPE + "split: {train: 0.5, test: 0.5}\n")
    said = prepared(here)
    assert "8 conversations became 16 examples" in said
    lines = here.rows("runs/recipe/ledger.jsonl")
    assert sum(line["reason"].startswith("several examples") for line in lines) == 8
    train, test = (here.rows(f"runs/recipe/prepared/{side}.jsonl") for side in ("train", "test"))
    names = [{row["id"].split("-")[0] for row in side} for side in (train, test)]
    assert len(train) + len(test) == 16 and not names[0] & names[1]


def test_the_switch_of_reasoning_is_told_and_saved_as_most_replies_had_it(ready):
    here = ready(FORGETFUL, [chat(f"Say {n}.", str(n)) for n in range(6)] + THINKS[:1])
    said = prepared(here)
    assert '{"enable_thinking":false} for 6 replies' in said
    assert 'saved one has {"enable_thinking":false} as its default' in said


def test_replies_that_are_not_learned_are_told_and_many_stop_the_run(ready):
    lost = chat("Hi", "drop me", "And?", "Yes.")
    source = PLAIN.replace(
        "{{ m.content }}",
        "{% if m.content == 'drop me' and loop.last %}{% else %}{{ m.content }}{% endif %}",
    )
    here = ready(source, [lost] + [chat("Hi", f"Hello {n}.") for n in range(20)])
    assert "1 of 22 replies are not learned" in prepared(here)
    (line,) = here.rows("runs/recipe/ledger.jsonl")
    assert line["reason"] == (
        "replies not learned: 1 of 2, the chat template changes the words, in a way that cannot be followed"
    )
    assert "replies not learned" in here.run("why", "runs/recipe", "rows.jsonl:1").out
    here = ready(source, [lost] * 2 + [chat("Hi", f"Hello {n}.") for n in range(3)])
    here.run("prepare", "recipe.yaml").assert_failed("replies cannot be learned with this template")
    here.run("prepare", "recipe.yaml", "--set", "data.max_dropped=50%").assert_success()


@pytest.mark.parametrize(
    ("template", "why"),
    [("unended", "no reply's end is learned"), ("cut_short", "no reply is learned up to its end")],
)
def test_a_template_by_which_no_reply_is_learned_to_its_end_stops_the_run(template, why, ready):
    here = ready(PLAIN, [chat("Hi", f"Hello {n}.") for n in range(5)], template)
    here.run("prepare", "recipe.yaml").assert_failed(why)


def test_rows_whose_weights_leave_out_every_end_stop_the_run(ready):
    """The end of a reply is learned with its last part."""
    parts = [{"type": "text", "text": "Hello", "weight": 1}, {"type": "text", "text": " there.", "weight": 0}]
    row = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": parts}]}
    here = ready(PLAIN, [row] * 3, "chatml")
    here.run("prepare", "recipe.yaml").assert_failed("no reply's end is learned", "mark parts of replies")
    more = ready(PLAIN, [row] * 3 + [chat("Hi", f"Hello {n}.") for n in range(9)], "chatml")
    assert "the ends of 3 of 12 replies are not learned" in prepared(more)


def test_the_last_reply_is_not_replaced_by_a_draft_where_a_conversation_is_cut(ready):
    """`learn: last` means the conversation's last reply, whatever is cut."""
    long = chat("Draft?", "A draft.", "Final?", "word " * 100)
    template = "{chatml: {learn: last}}"
    here = ready(
        PLAIN, [long, chat("Hi", "Hello.")], template, RECIPE.replace("400", "400, too_long: cut_end")
    )
    assert "too many tokens" in prepared(here)
    (kept,) = here.rows("runs/recipe/prepared/train.jsonl")
    assert kept["messages"][1]["content"] == "Hello."


def test_another_template_than_the_models_own_is_hinted_at(ready):
    here = ready(PLAIN.replace("im_start", "begin"), [chat("Hi", "Hello.")], "chatml")
    said = prepared(here)
    assert "`template: tokenizer` does" in said and "they part at" in said
