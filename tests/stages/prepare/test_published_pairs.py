"""Preferences in the shapes that others publish: their chosen and rejected replies, and the prompt of both."""

import pytest

from pitchpipe.testing import Project
from pitchpipe_stages.prepare.examples import PreparedExamples
from tests.preferences import RECIPE, files, learned, turn, whole

ASKED, GOOD, BAD = "Which way is up?", "Away from the ground.", "I have no idea, sorry."
U, C, R = turn("user", ASKED), turn("assistant", GOOD), turn("assistant", BAD)
HI, YO = turn("user", "Hi there"), turn("assistant", "Hello to you")
TURN = "<|im_start|>{}\n{}<|im_end|>\n"
ONE, CHAT = [("user", ASKED)], [("user", "Hi there"), ("assistant", "Hello to you"), ("user", ASKED)]
BRIEF = [("system", "Be brief."), ("user", ASKED)]
MARKED = f"\n\nHuman: Hi there\n\nAssistant: Hello to you\n\nHuman: {ASKED}\n\nAssistant: "
# Rows, and what is said before both replies.
PAIRS = {
    "trl_explicit_text": ({"prompt": ASKED, "chosen": GOOD, "rejected": BAD}, ONE),
    "trl_implicit_text": ({"chosen": f"{ASKED} {GOOD}", "rejected": f"{ASKED} {BAD}"}, ONE),
    "trl_explicit_chat": ({"prompt": [HI, YO, U], "chosen": [C], "rejected": [R]}, CHAT),
    "trl_implicit_chat": ({"chosen": [HI, YO, U, C], "rejected": [HI, YO, U, R]}, CHAT),
    "ultrafeedback_binarized": (
        {"prompt": ASKED, "prompt_id": "f0e37e9f7800261167ce91143f98f511f768847236f133f2d0aed60b444ebe57", "chosen": [U, C],
         "rejected": [U, R], "messages": [U, C], "score_chosen": 8.5, "score_rejected": 4.0},
        ONE,
    ),
    "ultrafeedback": (
        {"source": "evol", "instruction": ASKED, "models": ["a", "b"], "correct_answers": ["None"], "incorrect_answers": ["None"],
         "completions": [{"response": text, "model": model, "annotations": {"helpfulness": {"Rating": rating}}, "overall_score": 1.0}
                         for model, text, rating in (("a", BAD, "2"), ("b", GOOD, "5"), ("c", "So so.", "3"))]},
        ONE,
    ),
    "hh": ({"chosen": MARKED + GOOD, "rejected": MARKED + BAD}, CHAT),
    "hh_static": ({"prompt": MARKED, "response": GOOD, "chosen": GOOD, "rejected": BAD}, CHAT),
    "orca_dpo": ({"system": "Be brief.", "question": ASKED, "chosen": GOOD, "rejected": BAD}, BRIEF),
    "distilabel_orca": (
        {"system": "Be brief.", "input": ASKED, "chosen": GOOD, "rejected": BAD, "generations": [GOOD, BAD], "order": ["c", "r"],
         "labelling_model": "gpt-4", "rating": [9.0, 3.0], "status": "unchanged", "in_gsm8k_train": False},
        BRIEF,
    ),
    "capybara_preferences": (
        {"source": "Dove", "conversation": [{"input": "Hi there", "output": "Hello to you"}, {"input": ASKED, "output": GOOD}],
         "original_response": GOOD, "generation_prompt": None, "prompt": "Hi there", "chosen": [HI, YO, U, C],
         "rejected": [HI, YO, U, R], "rating_chosen": 5, "rating_rejected": 2, "chosen_model": "x", "rejected_model": "y"},
        CHAT,
    ),
    "openai": (
        {"input": {"messages": [HI, YO, U], "tools": [], "parallel_tool_calls": True}, "preferred_output": [C],
         "non_preferred_output": [R]},
        CHAT,
    ),
    "nectar": (
        {"prompt": MARKED, "turns": 2, "num_responses": 3, "source": ["x"], "good_natured": True,
         "answers": [{"answer": text, "model": "m", "rank": rank} for text, rank in ((BAD, 3.0), (GOOD, 1.0), ("So.", 2.0))]},
        CHAT,
    ),
    "shp": (
        {"post_id": "x", "domain": "askx", "history": ASKED, "human_ref_A": BAD, "human_ref_B": GOOD, "labels": 0, "score_A": 2,
         "score_B": 9, "score_ratio": 4.5},
        ONE,
    ),
    "llama_factory_alpaca": ({"instruction": ASKED, "input": "", "chosen": GOOD, "rejected": BAD}, ONE),
    "llama_factory_sharegpt": (
        {"conversations": [{"from": "human", "value": ASKED}], "chosen": {"from": "gpt", "value": GOOD},
         "rejected": {"from": "gpt", "value": BAD}},
        ONE,
    ),
    "swift": ({"messages": [HI, YO, U, C], "rejected_response": BAD}, CHAT),
    "axolotl_chat": ({"messages": [HI, YO, U], "chosen": C, "rejected": R}, CHAT),
}  # fmt: skip
COLUMNS = {
    "stack_exchange": ({"qid": 1, "question": ASKED, "response_j": GOOD, "response_k": BAD}, ONE),
    "argilla": ({"instruction": ASKED, "chosen_response": GOOD, "rejected_response": BAD}, ONE),
}
NAMED = {
    "stack_exchange": "columns: {prompt: question, chosen: response_j, rejected: response_k}",
    "argilla": "columns: {prompt: instruction, chosen: chosen_response, rejected: rejected_response}",
}
JUDGED = {
    "trl_kto": [{"prompt": [U], "completion": [said], "label": good} for said, good in ((C, True), (R, False))],
    "trl_kto_text": [{"prompt": ASKED, "completion": said["content"], "label": good} for said, good in ((C, True), (R, False))],
    "llama_factory_kto": [{"messages": [U, said], "label": good} for said, good in ((C, True), (R, False))],
    "llama_factory_tag": [
        {"conversations": [{"from": "human", "value": ASKED}, {"from": "gpt", "value": said["content"]}], "kto_tag": good}
        for said, good in ((C, True), (R, False))
    ],
    "open_assistant_thumbs": [
        {"instruction": ASKED, "output": said["content"], "feedback": mark} for said, mark in ((C, "thumbs up"), (R, "thumbs down"))
    ],
    "contextual": [
        {"context": ASKED, "answer": said["content"], "is_desirable": good} for said, good in ((C, True), (R, False))
    ],
}  # fmt: skip
NAMED_JUDGED = {"contextual": "columns: {prompt: context, completion: answer}"}


def prepared(folder, shapes, named, trainer):
    entries = "".join(
        f"  - files: {{path: {name}.jsonl, name: {name}{', ' + named[name] if name in named else ''}}}\n" for name in shapes
    )  # fmt: skip
    recipe = RECIPE.replace("  - files: {path: rows.jsonl}\n", entries).replace("trainer: both", trainer)
    here = Project(folder)
    here.write(files([], recipe) | {f"{name}.jsonl": rows for name, rows in shapes.items()})
    here.run("prepare", "recipe.yaml", "--workers", "1").assert_success()
    found = {name: [] for name in shapes}
    examples = PreparedExamples(here.folder / "runs/recipe/prepared", "train")
    for row, example in zip(here.rows("runs/recipe/prepared/train.jsonl"), examples, strict=True):
        found[row["source"]["dataset"]].append(example)
    return found


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    shapes = {name: [row, row] for name, (row, _) in (PAIRS | COLUMNS).items()}
    return prepared(tmp_path_factory.mktemp("pairs"), shapes, NAMED, "trainer: both")


@pytest.fixture(scope="module")
def replies(tmp_path_factory):
    shapes = {name: [*rows, *rows] for name, rows in JUDGED.items()}
    return prepared(tmp_path_factory.mktemp("judged"), shapes, NAMED_JUDGED, "trainer: judges")


@pytest.mark.parametrize("name", PAIRS | COLUMNS)
def test_a_pair_of_any_shape_is_read(pairs, name):
    _, before = (PAIRS | COLUMNS)[name]
    prompt = "".join(TURN.format(*one) for one in before) + "<|im_start|>assistant\n"
    assert len(pairs[name]) == 2
    example = pairs[name][0]
    for side, said in ((example, GOOD), (example.rejected, BAD)):
        assert whole(side) == f"{prompt}{said}<|im_end|>\n"
        assert learned(side) == f"{said}<|im_end|>"


@pytest.mark.parametrize("name", JUDGED)
def test_a_judged_reply_of_any_shape_is_read(replies, name):
    good, bad, *_ = replies[name]
    assert learned(good) == f"{GOOD}<|im_end|>" and not good.rejected
    assert learned(bad.rejected) == f"{BAD}<|im_end|>" and not bad.ids
