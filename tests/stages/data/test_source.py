"""The rows of a source that a recipe asks for, and the columns that they are read by."""

from tests.tools.tagged import kept

LOADERS = "loaders:\n  - files: {path: rows.jsonl}\n"


def test_the_first_rows_and_a_sample(project):
    rows = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(2000)]
    recipe = LOADERS.replace("rows.jsonl", "rows.jsonl, OPTIONS")
    here = project({"rows.jsonl": rows})
    for name, options in (
        ("first", "first: 7"),
        ("some", "sample: 0.1"),
        ("other", "sample: 0.1, seed: 1"),
        ("both", "sample: 0.1, first: 20"),
    ):
        here.write({f"{name}.yaml": recipe.replace("OPTIONS", options)})
        here.run("prepare", f"{name}.yaml").assert_success()
    assert kept(here, "first") == [1, 2, 3, 4, 5, 6, 7]
    some = kept(here, "some")
    assert 150 < len(some) < 250 and kept(here, "both") == some[:20] and kept(here, "other") != some
    counts = here.json("runs/some/run.json")["stages"]["prepare"]["result"]["rows"]["rows.jsonl"]
    assert counts["passed_over"] == 2000 - len(some) and counts["read"] == len(some)
    # A sample is stable: more rows change nothing for those that were there.
    here.write({"rows.jsonl": rows + [{"instruction": "More.", "output": "more"}] * 500})
    here.run("prepare", "some.yaml").assert_success()
    assert [line for line in kept(here, "some") if line <= 2000] == some


def test_columns_are_renamed_before_the_format_is_found(project):
    rows = [{"q": "Hi", "a": "Hello", "instruction": "not this"}]
    recipe = LOADERS.replace("rows.jsonl", "rows.jsonl, columns: {instruction: q, output: a}")
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    (row,) = here.rows("runs/recipe/prepared/train.jsonl")
    assert [m["content"] for m in row["messages"]] == ["Hi", "Hello"]


def test_one_row_of_many_conversations_and_many_rows_of_one(project):
    task = {
        "Definition": ["Double it."],
        "Instances": [{"input": "1", "output": ["2"]}, {"input": "2", "output": ["4"]}],
        "Positive Examples": [],
        "Negative Examples": [],
    }
    tree = [
        {"message_id": "b", "parent_id": "a", "text": "Hello", "role": "assistant", "message_tree_id": "a"},
        {"message_id": "a", "parent_id": None, "text": "Hi", "role": "prompter", "message_tree_id": "a"},
        {"message_id": "z", "parent_id": "lost", "text": "?", "role": "assistant", "message_tree_id": "y"},
    ]
    recipe = (
        "loaders:\n  - files: {path: task.jsonl, name: tasks}\n  - files: {path: tree.jsonl, name: trees}\n"
    )
    here = project({"recipe.yaml": recipe, "task.jsonl": [task], "tree.jsonl": tree})
    here.run("prepare", "recipe.yaml").assert_success()
    result = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]
    tasks, trees = result["rows"]["tasks"], result["rows"]["trees"]
    assert (tasks["read"], tasks["more"], tasks["kept"]) == (1, 1, 2)
    assert (trees["read"], trees["joined"], trees["kept"], trees["quarantined"]) == (3, 1, 1, 1)
    assert result["formats"] == {"tasks": "super_ni", "trees": "oasst_messages"}


def test_a_column_that_no_row_has_stops_the_run_with_the_nearest_name(project):
    rows = [{"instruction": "Say it.", "response": "It."}] * 3
    recipe = LOADERS.replace("rows.jsonl", "rows.jsonl, columns: {output: respons}")
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_failed(
        "recipe.yaml:2: columns: no row of 'rows.jsonl' has a column 'respons'. Did you mean 'response'?"
    )
    here.write({"recipe.yaml": recipe.replace("{output: respons}", "{output: respons}, format: dolly")})
    here.run("prepare", "recipe.yaml").assert_failed("columns: no row of 'rows.jsonl' has a column 'respons'")


def test_a_column_that_only_a_late_row_has_is_there(project):
    rows = [{"instruction": "Say it.", "output": f"It is {n}."} for n in range(3000)]
    rows[-1]["more"] = "About it."
    recipe = LOADERS.replace("rows.jsonl", "rows.jsonl, columns: {input: more}")
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    assert here.rows("runs/recipe/prepared/train.jsonl")[-1]["messages"][0]["context"] == "About it."


def test_a_split_by_category_needs_a_category(project):
    rows = [{"instruction": f"Say {n}.", "output": f"{n}", "topic": "ab"[n % 2]} for n in range(20)]
    recipe = LOADERS + "split: {train: 0.5, test: 0.5, by: category}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_failed(
        "split.by: category: no row has a category", "{category: topic}"
    )
    here.write({"recipe.yaml": recipe.replace("rows.jsonl", "rows.jsonl, columns: {category: topic}")})
    here.run("prepare", "recipe.yaml").assert_success()


def test_a_bare_list_of_turns_is_a_row(project):
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    here = project({"recipe.yaml": LOADERS, "rows.jsonl": [turns, turns]})
    here.run("prepare", "recipe.yaml").assert_success()
    rows = here.rows("runs/recipe/prepared/train.jsonl")
    assert [m["content"] for row in rows for m in row["messages"]] == ["Hi", "Hello"] * 2
    here.write({"rows.jsonl": [turns, [{"instruction": "Hi", "output": "Hello"}]]})
    here.run("prepare", "recipe.yaml").assert_success()
    assert len(here.rows("runs/recipe/prepared/train.jsonl")) == 1  # a list of rows is no row


def test_a_bound_of_a_number_that_no_row_has_stops_the_run(project):
    rows = [{"instruction": f"Say {n}.", "output": f"It is {n}.", "rating": n} for n in range(20)]
    recipe = LOADERS + "filters:\n  - threshold: {of: ratng, min_value: 5}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_failed("no row has a number 'ratng'. Did you mean 'rating'?")
    here.write({"recipe.yaml": recipe.replace("ratng", "rating")})
    here.run("prepare", "recipe.yaml").assert_success()
    assert len(here.rows("runs/recipe/prepared/train.jsonl")) == 15
