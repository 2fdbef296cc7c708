"""Scores of lm-evaluation-harness are those that it gives itself for the saved model."""

import json
import random

import pytest

from pitchpipe_components.evaluators.lm_eval import LmEval

TASK = """\
task: NAME
dataset_path: json
dataset_kwargs: {data_files: {test: FOLDER/PAGES, train: FOLDER/PAGES}}
test_split: test
fewshot_split: train
"""
ASKED = 'doc_to_text: "Q: {{question}}\\nA:"\n'
CHOICE = (
    ASKED
    + """\
output_type: multiple_choice
doc_to_choice: "{{choices}}"
doc_to_target: "{{answer}}"
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
  - {metric: acc_norm, aggregation: mean, higher_is_better: true}
"""
)
YES_OR_NO = (
    ASKED
    + """\
output_type: multiple_choice
doc_to_choice: ["no", "yes"]
doc_to_target: "{{answer % 2}}"
metric_list:
  - {metric: mcc, aggregation: matthews_corrcoef, higher_is_better: true}
  - {metric: f1, aggregation: f1, higher_is_better: true}
  - {metric: brier_score, aggregation: brier_score, higher_is_better: false}
"""
)
WRITTEN = (
    ASKED
    + """\
output_type: generate_until
doc_to_target: "{{choices[answer]}}"
generation_kwargs: {until: [e, "Q:"], max_gen_toks: 12, do_sample: false}
filter_list:
  - {name: first, filter: [{function: regex, regex_pattern: "(\\\\w+)"}, {function: take_first}]}
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true}
  - {metric: bleu, aggregation: bleu, higher_is_better: true}
"""
)
LIKELY = (
    ASKED
    + """\
output_type: loglikelihood
doc_to_target: " {{choices[answer]}}"
metric_list:
  - {metric: perplexity, aggregation: perplexity, higher_is_better: false}
  - {metric: acc, aggregation: mean, higher_is_better: true}
"""
)
READ = """\
doc_to_text: ""
doc_to_target: "{{page}}"
output_type: loglikelihood_rolling
metric_list:
  - {metric: word_perplexity, aggregation: weighted_perplexity, higher_is_better: false}
  - {metric: bits_per_byte, aggregation: bits_per_byte, higher_is_better: false}
"""
EXAM = "group: exam\ntask: [colors, shapes]\naggregate_metric_list: [{metric: acc, weight_by_size: false}, {metric: acc_norm, weight_by_size: true}]\n"
RECIPE = """\
model: tiny
adapter: lora
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.9, validation: 0.1}
trainer:
  sft: {batch_size: 4, max_steps: 2, rehearse: false}
evaluators:
  - lm_eval: {include_path: tasks, tasks: [exam, written], files: [tasks/pages.yaml], few_shot: 2, batch_size: 4}
  - lm_eval: {include_path: tasks, tasks: [colors_plain, truth, likely], files: [tasks/written_plain.yaml], chat: false}
"""
ROWS = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(20)]
CHANCE = random.Random(0)


def page(number):
    a, b = CHANCE.randrange(9), CHANCE.randrange(9)
    choices = [f"{a + b}", f"{a + b + 1} perhaps", f"only {a}", f"{b} it is"]
    CHANCE.shuffle(choices)
    asked = f"What is {a} plus {b}?"
    return {
        "question": asked,
        "choices": choices,
        "answer": CHANCE.randrange(4),
        "page": f"{asked} " * (1 + 40 * (number % 2)),
    }


def files(folder):
    """Tasks of each kind, in a folder of their own."""
    kinds = {
        "colors": CHOICE, "shapes": CHOICE, "written": WRITTEN, "pages": READ, "truth": YES_OR_NO,
        "colors_plain": CHOICE, "written_plain": WRITTEN, "likely": LIKELY,
    }  # fmt: skip
    pages = {"colors": [page(n) for n in range(9)], "shapes": [page(n) for n in range(5)]}
    made = {f"tasks/{name}.jsonl": rows for name, rows in pages.items()}
    for name, kind in kinds.items():
        data = "shapes.jsonl" if name in ("shapes", "pages") else "colors.jsonl"
        text = TASK.replace("NAME", name).replace("FOLDER", str(folder / "tasks")).replace("PAGES", data)
        made[f"tasks/{name}.yaml"] = text + kind
    return made | {"tasks/_exam.yaml": EXAM, "recipe.yaml": RECIPE, "rows.jsonl": ROWS}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("lm_eval"))
    here.write(files(here.folder))
    here.said = here.run("run", "recipe.yaml").assert_success().out
    return here


def theirs(here, tasks, chat, shots):
    """What the harness gives for the saved model, by its own model `hf`."""
    from lm_eval import simple_evaluate
    from lm_eval.tasks import TaskManager

    return simple_evaluate(
        model="hf", model_args={"pretrained": str(here.folder / "runs/recipe/model")}, device="cpu", batch_size=3,
        tasks=tasks, num_fewshot=shots, apply_chat_template=chat, fewshot_as_multiturn=chat, bootstrap_iters=0,
        task_manager=TaskManager(include_path=str(here.folder / "tasks"), include_defaults=False),
    )  # fmt: skip


@pytest.mark.slow(seconds=60)
@pytest.mark.parametrize(
    "tasks, chat, shots",
    [
        (["exam", "written", "pages"], True, 2),
        (["colors_plain", "truth", "likely", "written_plain"], False, None),
    ],
)
def test_scores_are_those_of_the_harness(trained, tasks, chat, shots):
    expected = theirs(trained, tasks, chat, shots)
    ours = trained.json("runs/recipe/scores.json")["tuned"]
    values = expected["results"] | expected.get("groups", {})
    in_groups = {"colors", "shapes"} & set(expected["results"]) if chat else set()
    compared = 0
    for task in values.keys() - in_groups:
        for metric, value in values[task].items():
            if "," not in metric or "_stderr" in metric:
                continue
            name = f"{task}_{metric}".replace(",none", "").replace(",", "_")
            assert ours[name]["value"] == pytest.approx(value, rel=1e-5), name
            compared += 1
    assert compared == (6 if chat else 9)
    for task, samples in expected["samples"].items():
        mine = trained.rows(f"runs/recipe/evaluating/tuned/lm_eval/samples_{task}.jsonl")
        for one, other in zip(mine, samples, strict=True):
            assert one["arguments"] == json.loads(json.dumps(other["arguments"]))  # the very prompts
            if "written" in task:
                assert one["resps"] == other["resps"]


@pytest.mark.slow(seconds=60)
def test_items_pair_base_and_tuned_and_can_be_read(trained):
    lines = {line["name"]: line for line in trained.rows("runs/recipe/measured-tuned.jsonl")}
    assert {name: len(line["items"]) for name, line in lines.items()} == {
        "exam_acc": 14, "exam_acc_norm": 14, "written_exact_match_first": 9, "pages_word_perplexity": 5,
        "pages_bits_per_byte": 5, "colors_plain_acc": 9, "colors_plain_acc_norm": 9, "truth_mcc": 9, "truth_f1": 9,
        "truth_brier_score": 9, "written_bleu_first": 0, "written_plain_bleu_first": 0,
        "likely_perplexity": 9, "likely_acc": 9, "written_plain_exact_match_first": 9,
    }  # fmt: skip
    item = lines["exam_acc"]["own"]["colors:0"]
    assert item["group"] == "colors" and item["said"] and item["expected"]
    assert item["words"].startswith("Q: What is") and item["words"].count("Q:") == 1  # no examples before it
    assert "chat template, lm-eval" in lines["exam_acc"]["how"] and "no chat" in lines["truth_mcc"]["how"]
    assert "no interval" in lines["written_bleu_first"]["score"]["how"]
    difference = trained.json("runs/recipe/scores.json")["difference"]
    assert difference["exam_acc"]["count"] == 14
    assert not trained.rows("runs/recipe/answers-tuned.jsonl")  # these are of held-out conversations
    assert "2 examples before each question, with the chat template" in trained.said
    assert "it/s" not in trained.said  # no bars of others


def refused(**options):
    with pytest.raises(ValueError) as error:
        LmEval(**options)
    return str(error.value)


def test_an_unknown_task_is_refused_with_the_nearest_before_anything_is_loaded():
    assert "Did you mean 'hellaswag'" in refused(tasks=("helaswag",))
    assert "Did you mean 'gsm8k'" in refused(tasks=("gsm8k", "gsmk8"))
    assert "named in `files`" in refused(tasks=("own.yaml",))
    assert "`tasks`" in refused()


def test_tasks_groups_and_tags_are_found_where_they_are():
    found = LmEval(tasks=("mmlu", "arc_easy", "truthfulqa_mc2", "winogrande", "leaderboard_bbh")).folders
    assert {path.name for some in found.values() for path in some} == {
        "mmlu",
        "arc",
        "truthfulqa",
        "winogrande",
        "leaderboard",
    }
    assert {path.name for path in LmEval(tasks=("ai2_arc",)).folders["ai2_arc"]} == {"arc"}


def test_code_is_executed_only_where_that_is_allowed(tmp_path):
    assert "allow_code: true" in refused(tasks=("humaneval",))
    assert "allow_code: true" in refused(tasks=("humaneval_instruct",))
    assert LmEval(tasks=("humaneval",), allow_code=True).allow_code
    own = tmp_path / "own.yaml"
    own.write_text("task: own\nunsafe_code: true\n")
    assert "allow_code: true" in refused(files=(own,))


def test_wrong_paths_are_told(tmp_path):
    assert "there is no file" in refused(files=(tmp_path / "no.yaml",))
    assert "there is no folder" in refused(tasks=("mmlu",), include_path=tmp_path / "no")


def test_files_of_ones_own_decide_whether_scores_are_of_today(tmp_path):
    data = tmp_path / "rows.jsonl"
    data.write_text("{}")
    (tmp_path / "own.yaml").write_text(f"task: own\ndataset_kwargs: {{data_files: {{test: {data}}}}}\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more/_group.yaml").write_text("group: more\ntask: [own]\n")
    named = LmEval(files=(tmp_path / "own.yaml",), include_path=tmp_path / "more", tasks=("more",)).inputs()
    assert {path.name for path in named} == {"own.yaml", "rows.jsonl", "_group.yaml"}
