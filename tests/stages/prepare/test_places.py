"""The examples know where they come from: the name of their source, the file and the line."""

from pitchpipe_stages.prepare.examples import PreparedExamples

RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: one.jsonl, name: one, epochs: 2}
  - files: {path: two.jsonl, name: two, epochs: 1}
split: {train: 1.0}
"""


def rows(name, count):
    return [{"instruction": f"Say {name} {n}.", "output": f"{name} {n}"} for n in range(count)]


def test_each_example_has_a_source_and_a_place(project):
    here = project({"recipe.yaml": RECIPE, "one.jsonl": rows("one", 3), "two.jsonl": rows("two", 2)})
    here.run("prepare", "recipe.yaml").assert_success()
    examples = PreparedExamples(here.folder / "runs/recipe/prepared", "train")
    names, numbers = examples.sources()
    assert len(examples) == len(numbers) == 8  # those of `one` twice
    assert sorted(names[number] for number in numbers) == ["one"] * 6 + ["two"] * 2
    places = examples.where(range(8))
    for name, place in zip((names[number] for number in numbers), places, strict=True):
        assert place.rpartition("/")[2].startswith(f"{name}.jsonl:")
    assert sorted(set(place.rpartition("/")[2] for place in places)) == [
        "one.jsonl:1", "one.jsonl:2", "one.jsonl:3", "two.jsonl:1", "two.jsonl:2"
    ]  # fmt: skip
