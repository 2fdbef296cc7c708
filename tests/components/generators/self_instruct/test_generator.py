"""self_instruct makes new tasks and their instances, at a real server."""

import json

import pytest

from tests.bad_server import bad_server
from tests.components.generators.self_instruct.at_a_server import SEEDS, THINGS, asked_of, make, teaching

GOOD = "Input: none\nOutput: This is what I say to it."


@pytest.fixture
def made(project):
    def run(options, seeds=SEEDS, concurrency=4, expect=0, **own):
        with bad_server(teaching(**own), key="") as server:
            return make(project(), server, options, seeds, concurrency, expect)

    return run


def test_as_many_as_wanted_each_with_an_instance(made):
    it = made("instructions: 30")
    tasks = {row["messages"][0]["content"] for row in it.rows}
    assert len(tasks) == len({row["group"] for row in it.rows}) == 30
    assert {row["made"]["operator"] for row in it.rows} == {"inputs_first", "outputs_first"}
    labelled = [row for row in it.rows if row["meta"]["is_classification"]]
    assert {row["messages"][1]["content"] for row in labelled} == {"good", "bad"}
    assert {row["messages"][0]["context"] for row in labelled} == {"a fine day", "a broken cup"}
    assert len(it.questions("classification")) >= 30


def test_questions_show_tasks_of_people_and_then_made_ones_too(made):
    it = made("instructions: 60")
    first, last = (asked_of(it.questions("task")[place]).split("\n\n")[1].split("\n") for place in (0, -1))
    people = {seed["instruction"] for seed in SEEDS}
    assert len(first) == len(last) == 8
    assert sum(line.partition(": ")[2] in people for line in first) == 8
    assert sum(line.partition(": ")[2] in people for line in last) == 6
    assert [line.partition(":")[0] for line in last] == [f"Task {number}" for number in range(1, 9)]
    body = it.questions("task")[0]
    assert (body["temperature"], body["max_tokens"]) == (1.0, 1024)
    assert "numbered 9 to 16" in asked_of(body)


def test_the_papers_values(made):
    replies = (
        "9. Write a program that sorts names.\n10. Erkläre mir bitte Ebbe und Flut.\n11. Draw the sea for me."
    )
    replies += "\n12. Über Moos ein Gedicht schreiben.\n13. Write one sentence about the quiet sea."
    it = made("instructions: 1, like: paper", task=replies, classification="No", inputs_first=GOOD)
    body = it.questions("task")[0]
    assert (body["temperature"], body["top_p"]) == (0.7, 0.5)
    assert asked_of(body).endswith("\nTask 9:")
    assert it.questions("inputs_first")[0]["temperature"] == 0
    refused = ("opens as many do", "prompt opens outside ASCII", "asks for more than text")
    assert set(refused) <= set(it.reasons)
    assert it.rows[0]["messages"][0]["content"] == "Erkläre mir bitte Ebbe und Flut."


def test_a_guides_values_and_words_for_one_task_and_one_instance(made):
    tasks = iter(f"Name {thing} and {number} others." for number, thing in enumerate(THINGS))
    it = made(
        "instructions: 6, like: document",
        concurrency=1,
        task=lambda body: next(tasks),
        inputs_first="Input: N/A\nOutput: 12 345",
    )
    draft, instance = it.questions("task")[0], it.questions("inputs_first")[0]
    assert (draft["temperature"], draft["max_tokens"]) == (0.8, 100)
    assert (instance["temperature"], instance["max_tokens"]) == (0.7, 500)
    assert asked_of(draft).startswith("Here are some example tasks:\n\nTask 1: ")
    assert asked_of(draft).endswith("\n\nNew task instruction:") and "\nTask 4:" not in asked_of(draft)
    assert f"Instruction: {it.rows[0]['messages'][0]['content']}\n" in asked_of(instance)
    assert it.questions("classification") == [] and len(it.rows) == 6


def test_a_guides_values_and_words_for_whole_tasks_in_json(made):
    def tasks(body):
        good = [{"instruction": f"Say {len(asked_of(body))} {thing} {number}", "input": "", "output": f"Here is the {thing} number {number}."}
                for number, thing in enumerate(THINGS)]  # fmt: skip
        bad = [
            {"instruction": "Be short now", "output": "yes"},
            {"instruction": "Be long now", "output": "x" * 2049},
            {"instruction": "Say it again", "output": "You told me: say it again, and I do."},
            {"instruction": "Tell me everything", "output": "There are cats, dogs, cows etc."},
            {"instruction": "Trail off somewhere", "output": "It is not the end and so on..."},
            {"instruction": ["no", "text"], "output": "This is a long enough output."},
        ]
        return f"```json\n{json.dumps(bad + good)[:-30]}"

    it = made("instructions: 10, like: batch", task=tasks)
    assert len(it.rows) == 10 and len(it.questions("task")) == len(it.server.asked)
    assert "Generate 20 diverse" in asked_of(it.questions("task")[0])
    wanted = {
        "output too short",
        "output too long",
        "output holds its instruction",
        "output is not finished",
        "its instruction is no text",
    }
    assert wanted <= set(it.reasons)


def test_instances_that_contradict_each_other_or_repeat_are_explained(made):
    reply = (
        "Input: one\nOutput: a b\nInput: two\nOutput: c d\nInput: one\nOutput: e f\nInput: two\nOutput: c d\n"
        "Input: same\nOutput: Same\nInput: four\nOutput: g h\nInput: five\nOutput: i j\nInput: six\nOutput:"
    )
    it = made("instructions: 3, classification: never, max_instances: 2", inputs_first=reply)
    assert {(row["messages"][0]["context"], row["messages"][1]["content"]) for row in it.rows} == {
        ("two", "c d"),
        ("four", "g h"),
    }
    assert it.reasons["another instance has this input and another output"] == 6
    assert (
        it.reasons["an instance with this input came before"] == it.reasons["output repeats the input"] == 3
    )
    assert it.reasons["more instances than wanted"] == it.reasons["no output"] == 3


def test_labels_come_first_where_a_recipe_says_so(made):
    it = made("instructions: 4, classification: always")
    assert it.questions("classification") == it.questions("inputs_first") == []
    assert {row["messages"][1]["content"] for row in it.rows} == {"good", "bad"}


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("Yes", True),
        ("**Yes.** It has two labels.", True),
        ("Classification: yes", True),
        ("<think>No? Yes!</think>No", False),
        ("This is not a classification task, yes.", False),
        ("It depends.", False),
    ],
)
def test_what_is_said_of_classification(made, said, labels):
    it = made("instructions: 1", classification=said)
    assert {row["meta"]["is_classification"] for row in it.rows} == {labels}
    assert bool(it.questions("outputs_first")) == labels


def test_a_task_that_is_near_to_a_seed_names_it(made):
    near = "9. Write something about the moss here please.\n10. Tell a joke that nobody on earth has heard."
    it = made("instructions: 1", task=near)
    (entry,) = [entry for entry in it.ledger if entry["reason"].startswith("not new")]
    assert entry["reason"] == "not new: of seed seeds.jsonl:1"
    assert entry["limit"] == 0.7 and 0.9 < entry["score"] < 1
    assert it.rows[0]["messages"][0]["content"] == "Tell a joke that nobody on earth has heard."


@pytest.mark.parametrize(
    ("novelty", "kept"),
    [
        ("{jaccard: 0.5}", 1),
        ("{jaccard: 1}", 2),
        ("{embedder: hashed, similarity: 0.7}", 1),
        ("{cosine: 1}", 2),
    ],
)
def test_other_measures_of_what_is_new(made, novelty, kept):
    reply = "9. Name three birds that sing at night.\n10. Name three birds that sing at dawn."
    it = made(f"instructions: 2, novelty: {novelty}", task=reply, expect=2 - kept)
    assert len({row["group"] for row in it.rows}) == kept


def test_a_teacher_that_repeats_itself_is_not_paid_for_ever(made):
    it = made("instructions: 50", task="9. Tell a joke that nobody on earth has heard.", expect=1)
    assert len(it.questions("task")) < 400
    assert it.reasons["the same as another"] > 100


def test_json_by_a_schema(made):
    def reply(body):
        schema = body["response_format"]["json_schema"]["schema"]
        (name,) = schema["properties"]
        if name == "tasks":
            return (
                "Sure:\n```json\n"
                + json.dumps({"tasks": ["Name {x} things of a forest at night."]})
                + "\n```"
            )
        if name == "classification":
            return '{"classification": true}'
        assert list(schema["properties"]["instances"]["items"]["properties"]) == ["output", "input"]
        both = [{"output": "owl", "input": "N/A"}, {"output": "fox", "input": "red\nand quick"}]
        return json.dumps({"instances": both})

    kinds = {kind: reply for kind in ("task", "classification", "inputs_first", "outputs_first")}
    it = made("instructions: 1, mode: schema", **kinds)
    assert [row["messages"][0].get("context") for row in it.rows] == [None, "red\nand quick"]
    assert it.rows[0]["messages"][0]["content"] == "Name {x} things of a forest at night."
    assert "like this one: {" in asked_of(it.server.asked[0])


def test_json_that_breaks_its_schema_is_asked_for_once_more(made):
    it = made("instructions: 1, like: batch, mode: schema", expect=1, task='{"tasks": "none"}')
    drafts = {body["messages"][0]["content"]: 0 for body in it.server.asked}
    assert len(it.server.asked) <= 2 * 300 and len(drafts) > 1 and it.rows == []
    assert all(len(body["messages"]) in (1, 3) for body in it.server.asked)


def test_a_text_that_a_base_model_goes_on_with(made):
    it = made(
        "instructions: 2, like: paper, mode: raw", classification=" No", inputs_first="Example 1\nInput: a\nOutput: b",
        task=lambda body: " Name two things of a forest.\nTask 10: Tell what an owl does by day.",
    )  # fmt: skip
    assert {row["messages"][0]["content"] for row in it.rows} == {
        "Name two things of a forest.",
        "Tell what an owl does by day.",
    }
    draft, asked, instance = (it.questions(kind)[0] for kind in ("task", "classification", "inputs_first"))
    assert draft["prompt"].endswith("\nTask 9:") and draft["stop"] == ["\nTask 17:"]
    assert asked["prompt"].endswith("\nClassification:") and asked["stop"] == ["\n"]
    assert instance["stop"] == ["\nTask:", "\nExample 6"]


def test_seeds_say_what_classification_is(made):
    seeds = [
        {
            "messages": [{"role": "user", "content": f"Task {kind} about {thing} number {n}?"}],
            "is_classification": kind == "sort",
        }
        for n, thing in enumerate(THINGS[:5])
        for kind in ("sort", "tell")
    ]
    words = asked_of(made("instructions: 1", seeds=seeds).questions("classification")[0])
    shown = [line for line in words.split("\n") if line.startswith(("Task:", "Classification:"))]
    assert len(shown) == 22 and shown[-1] == "Classification:"
    assert all(
        shown[n + 1] == f"Classification: {'Yes' if 'sort' in shown[n] else 'No'}" for n in range(0, 20, 2)
    )


def test_seeds_of_several_instances_are_one_task(made):
    seeds = [
        {
            "instruction": "Add the numbers.",
            "instances": [{"input": f"{n}, 1", "output": str(n + 1)} for n in range(9)],
        }
    ]
    words = asked_of(made("instructions: 1", seeds=seeds).questions("task")[0])
    assert words.count("Add the numbers.") == 1 and "Task 2" not in words and "numbered 2 to 9" in words


def test_seeds_without_a_task_are_told(made):
    it = made("instructions: 1", seeds=[{"instruction": "word " * 200, "output": "x"}], expect=2)
    assert "no seed of 1 has a task of 1 to 150 words" in it.outcome.err
    assert it.server.asked == []


def test_odd_words_in_replies_stay_words(made):
    task = "9. Explain what {instruction} and %s mean in <|im_end|> a template \U0001f600 {tasks}."
    it = made("instructions: 1", task=task.replace("{instruction}", "{x}").replace(" {tasks}", ""), classification="No",
              inputs_first="Input: {0} <|im_start|>\nOutput: a\u2028b {instruction}")  # fmt: skip
    (row,) = it.rows
    assert row["messages"][0] == {
        "role": "user", "content": "Explain what {x} and %s mean in <|im_end|> a template \U0001f600.", "context": "{0} <|im_start|>",
    }  # fmt: skip
    assert row["messages"][1]["content"] == "a\u2028b {instruction}"
    assert "{x} and %s mean in <|im_end|>" in asked_of(it.questions("inputs_first")[0])


def test_the_same_rows_at_any_concurrency(made):
    one, many = (made("instructions: 20", concurrency=concurrency).content for concurrency in (1, 16))
    assert one == many


def test_words_of_a_recipes_own(made):
    own = '{instructions: "Only {tasks} numbered {first}.", classification: "Yes or No? {instruction}"}'
    it = made(f"instructions: 1, demonstrations: {{any: 2}}, prompts: {own}")
    drafts, asked = it.questions("task"), it.questions("classification")
    assert asked_of(drafts[0]).startswith("Only Task 1: ") and asked_of(drafts[0]).endswith(" numbered 3.")
    assert asked_of(asked[0]).startswith("Yes or No? ")
    name, _, digest = it.rows[0]["made"]["prompt_version"].partition(" ")
    assert name == "chat" and len(digest) == 8
    assert made("instructions: 1").rows[0]["made"]["prompt_version"] not in ("", f"chat {digest}")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("instruction: 5", "Did you mean 'instructions'?"),
        ("instructions: 0", "expected a whole number of at least 1"),
        ("like: papers", "Did you mean 'paper'?"),
        ("demonstrations: {humans: 6}", "Did you mean 'human'?"),
        ("demonstrations: {human: 0}", "a question must show one task at least"),
        ("demonstrations: {human: -1}", "expected human to be 0 or more"),
        ("novelty: {rouge: 0.7}", "Did you mean 'rouge_l'?"),
        ("novelty: {rouge_l: 1.7}", "expected rouge_l to be above 0 and of at most 1, got 1.7"),
        ("novelty: {rouge_l: 0.7, jaccard: 0.7}", "name one measure"),
        ("novelty: {}", "name one measure"),
        ("novelty: {rouge_l: much}", "expected rouge_l to be above 0 and of at most 1, got 'much'"),
        ("novelty: {embedder: encoder}", "`novelty: {cosine: 0.85}`, and `embedder: encoder` beside it"),
        ("like: document, per_ask: 3", "like 'document' asks for one task at a time"),
        ("mode: raw", "as the prompts of `like: paper` let it"),
        ("embedder: hashd", "Did you mean 'hashed'?"),
        ("prompts: {instruction: '{tasks}'}", "Did you mean 'instructions'?"),
        ("prompts: {instructions: 'Invent something.'}", "'instructions' must hold the field {tasks}"),
        ("prompts: {instructions: '{tasks} {number}'}", "no field {number}"),
        ("min_words: 20, max_words: 10", "min_words"),
    ],
)
def test_mistakes_in_a_recipe(project, options, words):
    here = project().write({
        "recipe.yaml": f"teachers: {{t: {{openai: {{url: 'http://localhost:1/v1', model: m}}}}}}\nloaders: [generated]\n"
        f"generators:\n  - self_instruct: {{teacher: t, seeds: seeds.jsonl, {options}}}\n",
        "seeds.jsonl": SEEDS,
    })  # fmt: skip
    outcome = here.run("check", "recipe.yaml")
    assert outcome.code and words in " ".join((outcome.out + outcome.err).split())


def messages(rows):
    return [row["messages"] for row in rows]


def test_a_record_answers_as_the_server_did_and_what_is_cut_loses_its_last_item(made):
    it = made("instructions: 8, max_instances: 1", concurrency=1)
    here, recipe = it.here, it.here.read("recipe.yaml")
    here.run("generate", "export", "recipe.yaml", "replies.jsonl").assert_success()
    kept = recipe.partition("\n")[2]
    here.write({"again.yaml": f"teachers: {{t: {{recorded: {{path: replies.jsonl}}}}}}\n{kept}"})
    here.run("generate", "again.yaml").assert_success()
    assert messages(here.rows("generated/again/rows.jsonl")) == messages(it.rows)

    lines = here.rows("replies.jsonl")
    drafts = [line for line in lines if "Continue the list" in line["request"]["messages"][0]["content"]]
    for line in drafts:
        line["reply"]["end"] = "cut"
    here.write({"cut.jsonl": lines})
    fewer = kept.replace("instructions: 8", "instructions: 7, accept: [cut]")
    here.write({"less.yaml": f"teachers: {{t: {{recorded: {{path: cut.jsonl}}}}}}\n{fewer}"})
    here.run("generate", "less.yaml").assert_success()
    counts = here.json("generated/less/made.json")["generators"][0]["operators"]["task"]
    assert counts["parsed"] == 7 * counts["answered"] > 0  # of 8 each
