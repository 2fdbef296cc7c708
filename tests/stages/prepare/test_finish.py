"""The last step of a shard: conversations that are too long, or that a template cannot write."""

from tests.ledger import fates

LONG = "model: tiny\ntemplate: chatml\nloaders:\n  - files: {path: rows.jsonl}\ncollator:\n  padded: {length: 120, too_long: %s}\n"
CHAT = {"messages": [{"role": role, "content": "word " * 5} for role in ("user", "assistant")] * 3}
SHORT = {"messages": CHAT["messages"][:2]}


def test_a_conversation_that_is_too_long_is_cut_by_whole_turns(project):
    here = project({"recipe.yaml": LONG % "cut_end", "rows.jsonl": [CHAT]})
    here.run("prepare", "recipe.yaml").assert_success()
    (line,) = here.rows("runs/recipe/ledger.jsonl")
    assert line["fate"] == "changed" and line["reason"].startswith("turns cut from its end: ")
    (kept,) = here.rows("runs/recipe/prepared/train.jsonl")
    assert [message["role"] for message in kept["messages"]] == ["user", "assistant"]


def test_a_conversation_that_is_too_long_is_dropped_or_stops(project):
    here = project({"recipe.yaml": LONG % "drop", "rows.jsonl": [CHAT, SHORT]})
    here.run("prepare", "recipe.yaml").assert_success()
    (line,) = here.rows("runs/recipe/ledger.jsonl")
    assert (line["fate"], line["reason"], line["limit"]) == ("dropped", "too many tokens", 120) and line[
        "score"
    ] > 120
    here.write({"recipe.yaml": LONG % "stop"}).run("prepare", "recipe.yaml").assert_failed(
        "rows.jsonl:1: ", "more than the collator's length of 120"
    )


def test_what_a_template_cannot_write_is_quarantined(project):
    tool = {
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "tool", "content": "42"},
            {"role": "assistant", "content": "So"},
        ]
    }
    recipe = LONG.replace("chatml", "alpaca_short") % "cut_end"
    here = project({"recipe.yaml": recipe, "rows.jsonl": [tool, CHAT]})
    here.run("prepare", "recipe.yaml").assert_failed(
        "1 of 2 rows cannot be learned from with this template",
        "Most often: this template has no place for a message of role 'tool' (1)",
    )
    here.run("prepare", "recipe.yaml", "--set", "data.max_dropped=50%").assert_success()
    assert fates(here)[1] == ["this template has no place for a message of role 'tool'"]


def test_a_few_rows_that_cannot_be_written_do_not_stop_a_run(project):
    tool = {"messages": [{"role": "user", "content": "Hi"}, {"role": "tool", "content": "42"}]}
    recipe = LONG.replace("chatml", "alpaca_short") % "cut_end"
    here = project({"recipe.yaml": recipe, "rows.jsonl": [CHAT] * 19 + [tool]})
    here.run("prepare", "recipe.yaml").assert_success()


def test_a_conversation_that_is_split_stays_on_one_side_and_adds_up(project):
    recipe = LONG % "split" + "split: {train: 0.5, test: 0.5}\n"
    turns = [
        [
            {"role": role, "content": f"{role} {n} {k} " * 3}
            for k in range(3)
            for role in ("user", "assistant")
        ]
        for n in range(30)
    ]
    here = project({"recipe.yaml": recipe, "rows.jsonl": [{"messages": some} for some in turns]})
    here.run("prepare", "recipe.yaml").assert_success()
    sides = [here.rows(f"runs/recipe/prepared/{side}.jsonl") for side in ("train", "test")]
    first, second = ({row["id"].partition("-")[0] for row in side} for side in sides)
    assert first and second and not first & second
    assert sum(map(len, sides)) > 30 == len(first | second)
    result = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]
    (counts,) = result["rows"].values()
    assert counts["read"] + counts["more"] == counts["kept"] == sum(map(len, sides))
    assert result["too_long"] == {"tokens": 0, "learned": 0}
    part = next(row["id"] for row in (*sides[0], *sides[1]) if row["id"].endswith("-2"))
    found = here.run("why", "runs/recipe", part).assert_success().out
    assert part.removesuffix("-2") in found


OTHER_JINJA = """
import pitchpipe as pp
from pitchpipe_stages.render.writer import writer_of

SOUND = writer_of(pp.turns(user=("U: ", "\\n"), assistant=("A: ", "{eos}\\n"), system=("S: ", "\\n")))

class Other:
    stop, tokens = SOUND.stop, SOUND.tokens

    def __call__(self, conversation):
        return SOUND(conversation)

    def jinja(self, bos, eos):
        return SOUND.jinja(bos, eos).replace("S: ", "System: ")

@pp.hookimpl
def register_templates(register):
    register("other", Other)
"""


def test_a_chat_template_that_writes_something_else_stops_even_where_one_shape_shows_it(project):
    """Two rows alone have a system message."""
    rows = [{"instruction": f"Say {n}.", "output": f"{n}!"} for n in range(200)]
    rows[149] |= {"system": "Be <|im_end|> kind."}  # not to be compared: a server would see a control token
    rows[150] |= {"system": "Be kind."}
    recipe = LONG.replace("chatml", "other") % "drop"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows, "pitchpipe_local.py": OTHER_JINJA})
    here.run("prepare", "recipe.yaml").assert_failed(
        "the saved chat template would not give the ids of training"
    )
    del rows[149:151]
    here.write({"rows.jsonl": rows}).run("prepare", "recipe.yaml").assert_success()
