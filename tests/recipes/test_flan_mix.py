"""The recipe that mixes sources as FLAN did."""

import pytest

from tests.documents import ROOT

RECIPES = ROOT / "recipes"
DATA = RECIPES / "data"
WEIGHTS = {"flan": 0.40, "t0": 0.32, "niv2": 0.20, "cot": 0.05, "dialog": 0.03}


def mixed(here, *overrides):
    sets = [word for one in overrides for word in ("--set", one)]
    here.run("prepare", "flan-mix", *sets).assert_success()
    result = here.json("runs/flan-mix/run.json")["stages"]["prepare"]["result"]
    return result, {line["source"]: line for line in result["mix"]}


def test_the_mix_is_what_the_weights_say(project):
    here = project()
    result, mix = mixed(here)
    assert result["formats"] == {
        "flan": "flan",
        "t0": "p3",
        "niv2": "super_ni",
        "cot": "flan",
        "dialog": "sharegpt",
    }
    shares = {name: line["tokens"] / sum(m["tokens"] for m in mix.values()) for name, line in mix.items()}
    assert shares == pytest.approx(WEIGHTS, abs=0.005)
    assert shares == pytest.approx({name: line["share"] for name, line in mix.items()}, abs=1e-3)
    assert result["splits"]["train"]["tokens"] == pytest.approx(120_000, rel=0.01)
    assert all(line["epochs"] <= 1 for line in mix.values())
    steps = [
        chat for chat in here.rows("runs/flan-mix/prepared/train.jsonl") if chat.get("meta", {}).get("cot")
    ]
    assert {chat["source"]["dataset"] for chat in steps} == {"cot"} and len(steps) == mix["cot"][
        "conversations"
    ]
    lost = {(e["stage"], e["reason"].partition(":")[0]) for e in here.rows("runs/flan-mix/ledger.jsonl")}
    assert lost == {("mix", "not drawn"), ("filter exact_duplicates", "duplicate")}


def test_the_mix_in_conversations_needs_no_model(project):
    overrides = ["mix.unit=conversations", "mix.total=1600", "model=null", "template=null", "collator=null"]
    _, mix = mixed(project(), *overrides)
    assert {name: line["share"] for name, line in mix.items()} == pytest.approx(WEIGHTS, abs=0.002)
    assert sum(line["conversations"] for line in mix.values()) == pytest.approx(1600, abs=5)


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_the_share_of_chains_of_thought(project, share):
    _, mix = mixed(project(), f"mix.stepwise={share}")
    tokens = {name: line["tokens"] for name, line in mix.items()}
    (steps,) = [count for name, count in tokens.items() if name.endswith(", step by step")]
    assert steps / sum(tokens.values()) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    ("how", "rate"), [("by: temperature", lambda n: n ** (1 / 3)), ("by: size", lambda n: min(n, 400))]
)
def test_the_mixes_that_the_comments_tell_of(project, how, rate):
    here = project()
    text = (RECIPES / "flan-mix.yaml").read_text("utf-8")
    (told,) = [line for line in text.splitlines() if how in line]
    plain = [
        line.partition(", weight")[0] + "}" if ", weight" in line else line for line in text.splitlines()
    ]
    plain = [told.removeprefix("#").strip() if line.startswith("mix:") else line for line in plain]
    here.write({"flan-mix.yaml": "\n".join(plain).replace("data/flan", str(DATA / "flan"))})
    here.run("prepare", "flan-mix.yaml").assert_success()
    mix = here.json("runs/flan-mix/run.json")["stages"]["prepare"]["result"]["mix"]
    rates = [rate(line["available"]) for line in mix]
    assert [line["conversations"] for line in mix] == pytest.approx(
        [1600 * r / sum(rates) for r in rates], abs=2
    )
    assert mix[-1]["source"] == "dialog" and mix[-1]["epochs"] > 1
