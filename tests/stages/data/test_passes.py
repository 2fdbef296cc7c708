"""Shards go through filters once: what changed is done again, and nothing else."""

from tests.many_rows import RECIPE, bytes_of, files, made_rows


def calls(here, *arguments):
    """How often each function filter was called in one run."""
    file = here.folder / "calls"
    file.unlink(missing_ok=True)
    here.run("prepare", "recipe.yaml", *arguments, CALLS=str(file)).assert_success()
    said = file.read_text().split() if file.exists() else []
    return {name: said.count(name) for name in set(said)}


def test_changing_one_filter_redoes_only_what_follows_from_it(project):
    here = project(files())
    whole = calls(here)
    assert whole["first"] == 1450 and 0 < whole["second"] < 1450
    assert calls(here) == {}
    assert calls(here, "--set", "filters.second.word=loud") == {"second": whole["second"]}
    assert (
        calls(
            here, "--set", "filters.second.word=loud", "--set", "split.test=0.1", "--set", "split.train=0.9"
        )
        == {}
    )
    assert calls(here, "--set", "filters.first.min_chars=9")["first"] == 1450


def test_one_more_source_leaves_what_was_read(project):
    here = project(files())
    calls(here)
    here.write(
        {
            "recipe.yaml": RECIPE.replace("filters:", "  - files: {path: d.jsonl}\nfilters:", 1),
            "d.jsonl": made_rows(20, 5),
        }
    )
    assert calls(here)["first"] == 20


def test_what_is_known_and_what_is_not_may_differ_from_shard_to_shard(project):
    """A kill may leave a step that compares all rows known to some shards only."""
    here = project(files())
    here.run("prepare", "recipe.yaml").assert_success()
    run = here.folder / "runs/recipe"
    expected = bytes_of(run)
    for number, file in enumerate(sorted((run / "rows").glob("*/*.track"))):
        if number % 3 == 0:
            file.unlink()
    for file in [*(run / "rows").glob("*/*.done"), run / "ledger.jsonl"]:
        file.unlink()
    here.run("prepare", "recipe.yaml").assert_success()
    assert bytes_of(run) == expected
