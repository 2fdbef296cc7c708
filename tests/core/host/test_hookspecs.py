"""Every door has a test here, and is described with its exact arguments in docs/plugins.md."""

import inspect

import pytest

from pitchpipe.host import hookspecs
from tests.documents import ROOT

HOOKS = [name for name in vars(hookspecs) if name.startswith(("register_", "on_"))]
COMPONENT = {
    "loader": "def thing(*, text: str = 'x'):\n    yield {'instruction': 'Hi', 'output': text}\n",
    "format": "def thing(row, *, key: str = 'q'):\n    return pp.Conversation((pp.Message('user', row[key]), pp.Message('assistant', 'x')))\n",
    "filter": "def thing(conversation):\n    return conversation\n",
    "embedder": "def thing(texts, *, size: int = 8): ...\n",
    "template": "thing = pp.turns(user=('', '\\n'), assistant=('', '{eos}'))\n",
    "collator": "def thing(examples, pad, *, width: int = 8):\n    return {}\n",
    "model": "class thing:\n    def __init__(self, *, size: int = 1): ...\n",
    "adapter": "class thing:\n    def __init__(self, *, rank: int = 1): ...\n",
    "trainer": "def thing(training, *, steps: int = 1): ...\n",
    "reward": "def thing(reply, conversation, *, words: int = 1):\n    return 1.0\n",
    "tracker": "def thing(run, *, project: str = 'x'): ...\n",
    "exporter": "class thing:\n    def __init__(self, *, bits: int = 4): ...\n",
    "teacher": "class thing:\n    def __init__(self, *, model: str = 'x'): ...\n",
    "generator": "async def thing(source, ask, *, times: int = 1):\n    yield pp.made('x')\n",
    "guard": "def thing(conversation, *, words: int = 1):\n    return conversation\n",
    "router": "def thing(request, *, to: str = 'x'):\n    return [to]\n",
    "upstream": "class thing:\n    def __init__(self, *, url: str = 'x'): ...\n",
    "middleware": "async def thing(request, answer, *, times: int = 1):\n    async for said in answer(request):\n        yield said\n",
    "evaluator": "def thing(subject, *, limit: int = 1): ...\n",
}


@pytest.mark.parametrize("kind", hookspecs.KINDS)
def test_each_register_hook_offers_its_kind(project, kind):
    hook = f"register_{kind}s"
    code = f"import pitchpipe as pp\n\n{COMPONENT[kind]}\n\n@pp.hookimpl\ndef {hook}(register):\n    register('thing', thing)\n"
    here = project({"pitchpipe_local.py": code})
    assert (
        f"{kind} 'thing' of plugin 'pitchpipe_local'" in here.run("show", kind, "thing").assert_success().out
    )
    assert "thing" in here.run("show", kind).assert_success().out


OBSERVER = """
import json
import pitchpipe as pp

def note(**words):
    with open("seen.jsonl", "a") as file:
        file.write(json.dumps(words) + "\\n")

@pp.hookimpl
def on_recipe_loaded(recipe):
    note(hook="on_recipe_loaded", recipe=recipe.path.name)

@pp.hookimpl
def on_stage_end(run, stage, result, seconds):
    note(hook="on_stage_end", stage=stage, kept=result["rows"]["rows.jsonl"]["kept"] if "rows" in result else None)

@pp.hookimpl
def on_log(stage, step, values):
    note(hook="on_log", stage=stage, step=step, loss="loss" in values)
"""
RECIPE = "loaders:\n  - files: {path: rows.jsonl}\n"
TRAINED = (
    RECIPE
    + "model: tiny\nadapter: lora\ntemplate: alpaca_short\ntrainer:\n  sft: {max_steps: 2, log_every: 1, samples: 0}\n"
)


@pytest.mark.slow
def test_observers_are_told(project, rows):
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": rows, "pitchpipe_local.py": OBSERVER})
    here.run("run", "recipe.yaml").assert_success()
    assert here.rows("seen.jsonl") == [
        {"hook": "on_recipe_loaded", "recipe": "recipe.yaml"},
        {"hook": "on_stage_end", "stage": "prepare", "kept": 2},
        {"hook": "on_log", "stage": "train", "step": 1, "loss": True},
        {"hook": "on_log", "stage": "train", "step": 2, "loss": True},
        {"hook": "on_stage_end", "stage": "train", "kept": None},
    ]
    assert [line["step"] for line in here.rows("runs/recipe/metrics.jsonl") if "loss" in line] == [1, 2]


def test_an_observer_that_crashes_is_reported_and_the_run_goes_on(project, rows):
    code = "import pitchpipe as pp\n\n@pp.hookimpl\ndef on_stage_end(stage):\n    raise RuntimeError('no network')\n"
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows, "pitchpipe_local.py": code})
    outcome = here.run("run", "recipe.yaml").assert_success()
    assert "warning: on_stage_end of plugin 'pitchpipe_local' failed: RuntimeError: no network" in outcome.err
    assert (here.folder / "runs/recipe/metrics.jsonl").exists()  # the observers after it were told
    here.run("run", "recipe.yaml", "--name", "strict", PITCHPIPE_STRICT="1").assert_failed(
        "no network", code=1
    )


@pytest.mark.parametrize("hook", HOOKS)
def test_each_hook_is_described_with_its_arguments(hook):
    page = (ROOT / "docs" / "plugins.md").read_text("utf-8")
    arguments = ", ".join(inspect.signature(getattr(hookspecs, hook)).parameters)
    assert f"### {hook}({arguments})\n" in page
