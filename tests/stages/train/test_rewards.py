"""What rewards say of replies: values by name, and errors with the plugin, the row and the reply."""

import numpy as np
import pytest

import pitchpipe as pp
from pitchpipe.host.plugin import Component, Plugin
from pitchpipe_stages.train.rewards import Rewarder

ROWS = [
    pp.Conversation((pp.Message("user", "Hi"),), source=pp.Source(file="rows.jsonl", line=line))
    for line in (3, 8)
]
REPLIES = ["Hello", "Good morning"]


def use(call, name="mine", **shared):
    component = Component("reward", name, call, Plugin("zoo", "pitchpipe-zoo", "1.0"))
    return pp.Use(component, {}, call, "recipe.yaml:9", name, shared)


class Together:
    def __init__(self, values):
        self.values = values

    def batch(self, replies, conversations):
        return self.values(replies, conversations)


def test_values_stand_by_name_and_are_weighed_elsewhere():
    judge = Rewarder(
        [
            use(lambda reply, row: len(reply), "long"),
            use(
                Together(lambda replies, rows: np.asarray([row.source.line for row in rows])),
                "line",
                weight=0.5,
            ),
        ]
    )
    assert judge.weights == {"long": 1.0, "line": 0.5}
    assert judge.of(REPLIES, ROWS) == [{"long": 5.0, "line": 3.0}, {"long": 12.0, "line": 8.0}]


@pytest.mark.parametrize("value", [None, "good", float("nan"), float("inf"), [1.0]])
def test_what_is_no_number_is_an_error(value):
    said = r"rows.jsonl:8: reward 'mine' of plugin 'zoo' .* gave .*, which is no finite number, for the reply"
    with pytest.raises(pp.PitchpipeError, match=said + " 'Good morning'"):
        Rewarder([use(lambda reply, row: value if row.source.line == 8 else True)]).of(REPLIES, ROWS)
    with pytest.raises(pp.PitchpipeError, match=said):
        Rewarder([use(Together(lambda replies, rows: [1, value]))]).of(REPLIES, ROWS)


def test_an_error_of_a_reward_names_its_row_and_the_reply():
    def mine(reply, row):
        return 1 / (row.source.line - 8)

    said = r"rows.jsonl:8: reward 'mine' of plugin 'zoo' .* failed: ZeroDivisionError: .* 'Good morning'"
    with pytest.raises(pp.PitchpipeError, match=said):
        Rewarder([use(mine)]).of(REPLIES, ROWS)
    with pytest.raises(pp.PitchpipeError, match=r"rows.jsonl:3: .* 'Hello' and 1 more, given to it at once"):
        Rewarder(
            [use(Together(lambda replies, rows: [mine(*one) for one in zip(replies, rows, strict=True)]))]
        ).of(REPLIES, ROWS)


def test_as_many_values_as_replies():
    with pytest.raises(pp.PitchpipeError, match="gave 1 values for 2 replies"):
        Rewarder([use(Together(lambda replies, rows: [1]))]).of(REPLIES, ROWS)


@pytest.mark.parametrize(("trainer", "learns"), [("grpo", "prompts"), ("reward", "pairs")])
def test_a_trainer_of_single_rows_refuses_others_before_anything_is_loaded(project, trainer, learns):
    rewards = "rewards: [exact_answer]\n" * (learns == "prompts")
    recipe = f"model: tiny\ntemplate: chatml\nloaders:\n  - files: {{path: a.jsonl}}\ntrainer: {trainer}\n{rewards}"
    row = {"prompt": "2+2?", "chosen": "4", "rejected": "5"}
    here = project({"a.jsonl": [row], "r.yaml": recipe, "p.yaml": recipe + "collator: packed\n"})
    here.run("check", "r.yaml").assert_success()
    refused = here.run("check", "p.yaml")
    assert (
        refused.code == 2 and f"trainer {trainer} takes rows of one conversation" in refused.out + refused.err
    )


@pytest.mark.parametrize(("longest", "told"), [(12, "1 of 2 expected replies have more tokens"), (15, "")])
def test_expected_replies_that_would_be_cut_are_told(longest, told):
    from types import SimpleNamespace

    from pitchpipe_components.models import Tiny
    from pitchpipe_components.rewards import exact_answer
    from tests.components.trainers.small import Said

    rows = [
        pp.Conversation((pp.Message("user", "Twice."), pp.Message("assistant", reply)))
        for reply in ("lat lat", "hewagit hewagit")
    ]
    train, console = SimpleNamespace(conversations=lambda: iter(rows)), Said()
    Rewarder([use(exact_answer)]).tell(train, Tiny().tokenizer(), longest, console)
    assert told in "".join(console.lines) and len(console.lines) == bool(told)
