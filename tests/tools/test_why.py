"""Why a row went, what it came through, and which tags it has."""


def why(run, row):
    return run.run("why", "runs/recipe", row).assert_success().out


def test_why_a_row_was_dropped_names_the_threshold(run):
    out = why(run, "1")
    assert "rows.jsonl:1" in out and "length: dropped: reply chars too low, 4 against 5" in out
    assert "reply_chars 4 (at least 5)" in out
    assert "exact_duplicates: dropped: duplicate: of rows.jsonl:4" in why(run, "rows.jsonl:42")


def test_why_a_row_is_there_still_with_all_scores(run):
    out = why(run, "rows.jsonl:2")
    assert "length: " in out and "reply_chars 5 (at least 5)" in out and "  kept" in out
    tagged = why(run, "41")
    assert "length#2: tagged: reply chars too high" in tagged and "  kept" in tagged


def test_a_row_is_found_by_its_id_and_a_refused_one_by_its_line(run):
    kept = run.rows("runs/recipe/prepared/train.jsonl")[0]
    assert f"rows.jsonl:{kept['source']['line']}" in why(run, kept["id"])
    out = why(run, "43")
    assert "quarantined by repair" in out and "file" in out


def test_what_cannot_be_found_is_said(run):
    run.run("why", "runs/recipe", "999").assert_failed("has no row '999'")
    run.run("why", "runs/recip", "1").assert_failed("runs/recip is no run", "Did you mean 'runs/recipe'?")
    run.run("tune", "runs/recipe", "lenght").assert_failed("has no filter 'lenght'. Did you mean 'length'?")
    run.run("tune", "runs/recipe", "length", "--score", "chars").assert_failed("keeps no score 'chars'")
    run.run("tune", "runs/recipe", "exact_duplicates").assert_failed("measures nothing")


def test_a_tag_drops_nothing_and_is_counted(run):
    result = run.json("runs/recipe/run.json")["stages"]["prepare"]["result"]["rows"]["rows.jsonl"]
    assert (result["tagged"], result["dropped"], result["kept"]) == (14, 2, 40)
    tags = [line for line in run.rows("runs/recipe/ledger.jsonl") if line["fate"] == "tagged"]
    assert {line["stage"] for line in tags} == {"filter length#2"} and tags[0]["score"] == 31


def test_why_says_which_side_of_the_split_a_row_went_to(run):
    for side in ("train", "test"):
        for row in run.rows(f"runs/recipe/prepared/{side}.jsonl")[:3]:
            assert f"kept, in {side}" in why(run, row["id"])
            other = {"train": "test", "test": "train"}[side]
            assert f"in {other}" not in why(run, row["id"])


def test_sources_are_called_by_their_files(project):
    row = {"instruction": "Say hello.", "output": "Hello!"}
    recipe = """
loaders:
  - files: {path: a/rows.jsonl}
  - files: {path: b/rows.jsonl}
  - files: {path: "c/*.jsonl"}
  - files: {path: c}
  - files: {path: d.jsonl, name: mine}
  - files: {path: d.jsonl}
  - files: {path: d.jsonl, first: 1}
"""
    names = ["a/rows.jsonl", "b/rows.jsonl", "c/*.jsonl", "c", "mine", "d.jsonl", "d.jsonl#2"]
    files = {name: [row] for name in ("a/rows.jsonl", "b/rows.jsonl", "c/1.jsonl", "d.jsonl")}
    here = project({"recipe.yaml": recipe, **files})
    here.run("prepare", "recipe.yaml").assert_success()
    result = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]
    assert list(result["rows"]) == names
