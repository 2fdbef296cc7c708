"""The recipes of rewards run from data to scores, on the tiny model."""

import pytest

pytestmark = pytest.mark.slow(seconds=25)


@pytest.mark.parametrize("name", ["quickstart-reward", "qwen-2.5-1.5b-reward"])
def test_a_reward_model_is_made_and_loaded(project, name):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    here, run = project(), f"runs/{name}-tiny"
    here.run("run", name, "--tiny", "--workers", "1").assert_success()
    scores = here.json(f"{run}/scores.json")
    assert scores["base"]["pair_accuracy"]["count"] == scores["tuned"]["pair_accuracy"]["count"] > 0
    folder = here.folder / run / "model"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=1)
    chat = [{"role": "user", "content": "What is 1 plus 1?"}, {"role": "assistant", "content": "2"}]
    said = model(**tokenizer.apply_chat_template(chat, return_tensors="pt", return_dict=True)).logits
    assert said.shape == (1, 1)
    assert float(said) != 0


def test_replies_are_tried_and_rewarded(project):
    here, name = project(), "qwen-2.5-1.5b-grpo"
    here.run("run", name, "--tiny", "--workers", "1").assert_success()
    steps = [line for line in here.rows(f"runs/{name}-tiny/metrics.jsonl") if "reward" in line]
    assert [line["step"] for line in steps] == [1, 2, 3, 4]
    assert {"reward exact_answer", "reward length", "reply_clipped"} <= steps[-1].keys()
    assert here.rows(f"runs/{name}-tiny/samples.jsonl")


def test_it_goes_on_with_the_model_of_another_recipe(project):
    here = project()
    out = here.run("run", "quickstart-grpo", "--tiny", "--workers", "1").assert_success().out
    assert "Trained  steps 4" in out
    result = here.json("runs/quickstart-grpo-tiny/run.json")["stages"]["train"]["result"]
    assert "validation_reward" in result
