"""Rows that were made come back as they were, and the loader says where they are missing."""

import json
from pathlib import Path

import msgspec
import pytest

import pitchpipe as pp
from pitchpipe_components.files.parts import LONGEST, parts_of
from pitchpipe_components.formats import FORMATS
from pitchpipe_components.formats.made import OwnRows
from pitchpipe_components.loaders import Files
from pitchpipe_components.loaders.generated import Generated

MADE = {"generator": "answers", "teacher": "writer", "asked_model": "m", "asks": ["k1"], "parents": ["p"]}
ROW = {
    "id": "8f",
    "messages": [
        {"role": "system", "content": "Be \u2028 brief. <|im_end|> {x}"},
        {"role": "user", "content": "Add.", "context": "1 and 2", "name": "Ada"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "c", "function": {"name": "add"}}]},
        {"role": "tool", "content": "3", "tool_call_id": "c"},
        {"role": "assistant", "content": "It is 3.", "learn": [["It is ", False], ["3.", True]], "reasoning": "1+2"},
    ],
    "made": MADE,
    "group": "root",
    "category": "sums",
    "tools": [{"type": "function", "function": {"name": "add"}}],
    "meta": {"score": 4, "label": "bad"},
}  # fmt: skip


def read(row):
    return OwnRows()(json.loads(msgspec.json.encode(row)))


def test_every_field_of_a_conversation_survives():
    one = read(ROW)
    assert json.loads(msgspec.json.encode(one.messages)) == ROW["messages"]
    assert one.messages[4].marked_words(True) == (("It is ", False), ("3.", True))
    assert (one.id, one.group, one.category, one.tools) == ("8f", "root", "sums", (ROW["tools"][0],))
    assert one.meta == {"score": 4, "label": "bad", "made": MADE}
    assert read(ROW | {"rejected": {"role": "assistant", "content": "4"}}).rejected == pp.Message(
        "assistant", "4"
    )


@pytest.mark.parametrize(
    "spoiled",
    [
        {"messages": "Hi"},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": 1, "content": "x"}]},
        {"group": 7},
    ],
    ids=str,
)
def test_a_row_that_was_spoiled_is_refused_in_words(spoiled):
    assert read(ROW | spoiled).reason.startswith("no row of a generator: ")


@pytest.mark.parametrize(
    "made", ["in France", {"in": "France"}, {"generator": "a diesel"}, None, 5, ["x"]], ids=str
)
def test_a_column_of_somebody_else_is_not_taken_for_ours(made):
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    row = {"messages": turns, "made": made}
    fits = {name: form().matches(row) for name, form in FORMATS.items()}
    assert max(fits, key=fits.get) == "messages" and fits["made"] == 0


def loader_of(folder, *rows, **options):
    folder.mkdir(exist_ok=True)
    (folder / "rows.jsonl").write_bytes(
        b"".join(row if isinstance(row, bytes) else msgspec.json.encode(row) + b"\n" for row in rows)
    )
    return Generated(folder=folder, **options)


def test_rows_are_read_in_their_order_and_in_parts(tmp_path):
    rows = [ROW | {"id": str(n)} for n in range(20_000)]
    loader = loader_of(tmp_path / "g", *rows)
    assert len(list(loader.parts())) > 1
    assert [row.data["id"] for row in loader()] == [row["id"] for row in rows]
    assert [row.line for row in loader()][-1] == 20_000


def test_the_rows_of_one_generator_have_a_source_of_their_own(tmp_path):
    other = ROW | {"made": MADE | {"generator": "evol_instruct"}}
    loader = loader_of(tmp_path / "g", ROW, other, b'{"torn\n', ROW, generator="evol_instruct")
    assert [(row.line, bool(row.error)) for row in loader()] == [(2, False), (3, True)]


def test_a_torn_line_is_quarantined_and_the_others_are_kept(project):
    sound = json.dumps(
        {"messages": [ROW["messages"][1], {"role": "assistant", "content": "3"}], "made": MADE, "id": "8f"}
    )
    recipe = "loaders:\n  - generated: {folder: made}\n"
    here = project({"recipe.yaml": recipe, "made/rows.jsonl": f'{sound}\n{{"id": "9\n'})
    here.run("prepare", "recipe.yaml").assert_success()
    (line,) = here.rows("runs/recipe/ledger.jsonl")
    assert (line["fate"], line["line"]) == ("quarantined", 2)
    assert [row["id"] for row in here.rows("runs/recipe/prepared/train.jsonl")] == ["8f"]


def test_what_is_missing_is_said_with_the_command_that_makes_it(tmp_path):
    with pytest.raises(pp.PitchpipeError, match=r"rows\.jsonl is not there yet: pitchpipe generate RECIPE"):
        Generated(folder=tmp_path).inputs()
    loader = Generated()
    loader.read_from(tmp_path / "own", "pitchpipe generate mine.yaml")
    assert (
        loader.lacks() == f"{tmp_path / 'own' / 'rows.jsonl'} is not there yet: pitchpipe generate mine.yaml"
    )


def test_a_folder_of_generated_rows_means_its_rows(tmp_path):
    folder = loader_of(tmp_path / "g", ROW).folder
    for name in ("made.json", "ledger.jsonl", "sources.jsonl", "pilot.jsonl"):
        (folder / name).write_text("{}\n")
    assert Files(folder).inputs() == [folder / "rows.jsonl"]
    (folder / "made.json").unlink()
    assert len(Files(folder).inputs()) == 4


def test_the_loader_reads_what_files_reads(tmp_path):
    loader = loader_of(tmp_path / "g", ROW)
    path = Path(tmp_path / "g" / "rows.jsonl")
    of_files = [row for part in parts_of(path, str(path), None, None, None, LONGEST) for row in part.rows()]
    assert of_files == list(loader())


def test_seeds_beside_what_was_made_of_them_stay_on_its_side(project):
    """A seed has no group. It is the one that the group of its family names."""
    seeds = [{"instruction": f"Name tree {n}.", "output": f"Oak {n}"} for n in range(30)]
    here = project({"seeds.jsonl": seeds, "seeds.yaml": "loaders:\n  - files: {path: seeds.jsonl}\n"})
    here.run("prepare", "seeds.yaml").assert_success()
    roots = {row["messages"][0]["content"]: row["id"] for row in here.rows("runs/seeds/prepared/train.jsonl")}
    made = [
        {
            "id": f"m{n}",
            "group": roots[seed["instruction"]],
            "made": MADE,
            "messages": [
                {"role": "user", "content": f"Name tree {n}, and why."},
                {"role": "assistant", "content": f"Oak {n}."},
            ],
        }
        for n, seed in enumerate(seeds)
    ]
    here.write(
        {
            "made.jsonl": made,
            "both.yaml": "loaders:\n  - files: {path: seeds.jsonl}\n  - files: {path: made.jsonl}\n"
            "split: {train: 0.5, test: 0.5}\n",
        }
    )
    here.run("prepare", "both.yaml").assert_success()
    sides = [
        {
            row["messages"][0]["content"].split(",")[0].rstrip(".")
            for row in here.rows(f"runs/both/prepared/{side}.jsonl")
        }
        for side in ("train", "test")
    ]
    assert all(sides) and not sides[0] & sides[1] and len(sides[0] | sides[1]) == 30
