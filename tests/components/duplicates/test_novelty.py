"""The filter `novelty`: what says little new beside earlier rows and beside a pool."""

import json

import pytest

import pitchpipe as pp
from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Source
from pitchpipe_components.duplicates.novelty import Novelty
from pitchpipe_components.embedders.hashed import hashed
from pitchpipe_components.files.instructions import instructions_of
from tests.components.duplicates.texts import talk

POEM = "Write a short poem about the first snow of the winter"
LIKE_POEM = "Write a short poem about the last snow of the winter"
OTHER = "Explain to a child how a lock lifts a boat"


def judged(filter, *conversations):
    """What the filter drops: {row: (the row that it repeats, score)}."""
    placed = [pp.replace(talk, source=Source("", "rows", row)) for row, talk in enumerate(conversations)]
    drops = {row: filter(talk).drop for row, talk in enumerate(placed)}
    return {row: (drop.like, round(drop.score, 4)) for row, drop in drops.items() if drop}


def test_a_row_goes_that_says_what_an_earlier_one_says_and_names_it():
    assert judged(Novelty(), talk(OTHER), talk(POEM), talk(LIKE_POEM)) == {2: ("rows:1", 0.9091)}


def test_what_went_makes_no_other_row_go():
    chain = [talk(f"a b c d e f g h {end}") for end in ("i j", "i z", "y z")]
    assert judged(Novelty(max_similarity=0.85), *chain) == {1: ("rows:0", 0.9)}


def test_what_is_just_not_too_near_stays_and_counts_as_an_earlier_row():
    rows = [talk("a b c d e f g h i j"), talk("a b c d e f g x y z"), talk("a b c d e f g x y w")]
    assert judged(Novelty(), *rows) == {2: ("rows:1", 0.9)}


@pytest.mark.parametrize("by", ["rouge_l", "jaccard", "cosine"])
def test_each_measure_knows_what_is_alike(by):
    filter = Novelty(by=by, embedder=hashed if by == "cosine" else None, max_similarity=0.6)
    assert judged(filter, talk(POEM), talk(LIKE_POEM), talk(OTHER)).keys() == {1}


def test_words_in_another_order_are_new_to_rouge_l_alone():
    turned = talk("the winter of snow first the about poem short a Write")
    assert judged(Novelty(), talk(POEM), turned) == {}
    assert judged(Novelty(by="jaccard"), talk(POEM), turned) == {1: ("rows:0", 1.0)}


def test_rows_of_one_group_may_be_alike_unless_families_are_compared():
    family = [talk(POEM, group="poems"), talk(LIKE_POEM, group="poems"), talk(POEM + " again")]
    assert judged(Novelty(), *family) == {2: ("rows:0", 0.9565)}
    assert judged(Novelty(families=False), *family).keys() == {1, 2}


def test_a_context_makes_another_prompt_but_no_other_instruction():
    rows = [
        pp.Conversation((pp.Message("user", "Name the mood.", text), pp.Message("assistant", "Glad.")))
        for text in ("What a fine day it was by the sea!", "My bicycle was stolen once more, alas.")
    ]
    assert judged(Novelty(), *rows) == {}
    assert judged(Novelty(of="instruction"), *rows).keys() == {1}


def test_scores_just_under_the_bound_are_kept_and_those_far_below_count_as_0():
    filter = Novelty(max_similarity=0.7)
    filter(talk("a b c d e f g h i j"))
    scores = [
        filter(talk(said)).scores["similarity"][0]
        for said in ("a b c d e f g x y z", "a b c d e k l m n o", "a b p q r s t u v w")
    ]
    assert scores == [0.7, 0.0, 0.0]


def test_a_pool_is_read_from_files_of_any_kind(tmp_path):
    rows = {
        "tasks.jsonl": "\n".join(json.dumps({"id": n, "instruction": said}) for n, said in enumerate([OTHER, POEM])),
        "list.json": json.dumps([{"prompt": POEM, "input": "of it"}]),
        "chats.json": json.dumps([{"messages": [{"role": "system", "content": OTHER}, {"role": "user", "content": POEM}]}]),
        "shared.json": json.dumps([{"conversations": [{"from": "human", "value": POEM}]}]),
        "lines.txt": f"{POEM}\n",
        "table.csv": f"instruction,output\n{POEM},Snow\n",
    }  # fmt: skip
    for name, text in rows.items():
        (tmp_path / name).write_text(text)
        lines = {said: line for line, said in instructions_of(tmp_path / name)}
        found = judged(Novelty(against=(tmp_path / name,)), talk(LIKE_POEM))
        assert found == {0: (f"{name}:{lines[POEM]}", 0.9091)}, name
    assert lines[POEM] == 2


@pytest.mark.parametrize("text", ["", '{"x": 1}\n', '{"x": \n'])
def test_a_pool_without_instructions_is_refused(tmp_path, text):
    (tmp_path / "pool.jsonl").write_text(text)
    with pytest.raises(PitchpipeError, match=r"pool\.jsonl has no instruction"):
        Novelty(against=(tmp_path / "pool.jsonl",))(talk(POEM))


def test_rows_of_a_pool_without_an_instruction_are_told(tmp_path):
    rows = [json.dumps({"instruction": POEM}), "{broken", json.dumps({"x": 1})]
    (tmp_path / "pool.jsonl").write_text("\n".join(rows))
    with pytest.warns(UserWarning, match=r"passed over: 2 of 3, the first at line 2"):
        assert judged(Novelty(against=(tmp_path / "pool.jsonl",)), talk(LIKE_POEM)).keys() == {0}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("{max_similarity: 1}", "expected a number above 0 and below 1, got 1"),
        ("{by: rougel}", "Did you mean 'rouge_l'?"),
        ("{by: cosine}", "`by: cosine` and an `embedder` go together"),
        ("{embedder: hashed}", "`by: cosine` and an `embedder` go together"),
        ("{by: cosine, embedder: hashd}", "Did you mean 'hashed'?"),
        ("{against: seeds.jsonl}", "expected a list, each entry a path, got 'seeds.jsonl'"),
        ("{against: [sedes.jsonl]}", "there is no such file"),
    ],
)
def test_check_names_what_is_wrong(project, options, said):
    recipe = f"loaders:\n  - files: {{path: rows.jsonl}}\nfilters:\n  - novelty: {options}\n"
    files = {
        "recipe.yaml": recipe,
        "rows.jsonl": [{"instruction": OTHER, "output": "So."}],
        "seeds.jsonl": [],
    }
    failed = project(files).run("check", "recipe.yaml").assert_failed()
    assert said in " ".join(failed.described().split()) and "recipe.yaml:4" in failed.described()


def test_no_embedder_is_one_where_it_may_be_left_out_alone(project):
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - novelty: {embedder: null}\n"
    files = {"recipe.yaml": recipe, "rows.jsonl": [{"instruction": OTHER, "output": "So."}]}
    here = project(files)
    here.run("check", "recipe.yaml").assert_success()
    here.write({"recipe.yaml": recipe.replace("novelty", "semantic_duplicates")})
    assert "expected a embedder" in here.run("check", "recipe.yaml").assert_failed().described()


def test_vectors_of_any_embedder_decide_in_a_recipe(project):
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n"
    recipe += "  - novelty: {by: cosine, max_similarity: 0.6, embedder: {hashed: {size: 256}}}\n"
    rows = [{"instruction": said, "output": f"{said}. Done"} for said in (OTHER, POEM, LIKE_POEM)]
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    assert [(line["line"], line["reason"]) for line in here.rows("runs/recipe/ledger.jsonl")] == [
        (3, "similarity too high: of rows.jsonl:2")
    ]


def test_a_recipe_drops_tells_tunes_and_reports(project):
    rows = [
        {"instruction": said, "output": f"{said}. Done"}
        for said in (OTHER, POEM, "Name a river of Asia", LIKE_POEM)
    ]
    rows.append({"instruction": "Name a river of Europe", "output": "The Rhine."})
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - novelty: {against: [seeds.jsonl]}\n"
    here = project(
        {
            "recipe.yaml": recipe,
            "rows.jsonl": rows,
            "seeds.jsonl": [{"instruction": "Explain to a child how a lock lifts the boat"}],
        }
    )
    here.run("prepare", "recipe.yaml").assert_success()
    dropped = [
        (line["line"], line["score"], line["limit"], line["reason"])
        for line in here.rows("runs/recipe/ledger.jsonl")
    ]
    assert [(row, round(score, 4), limit) for row, score, limit, _ in dropped] == [
        (1, 0.9, 0.7),
        (4, 0.9091, 0.7),
        (5, 0.8, 0.7),
    ]
    assert [reason.partition(": ")[0] for *_, reason in dropped] == ["similarity too high"] * 3
    assert dropped[1][3] == "similarity too high: of rows.jsonl:2"
    assert dropped[0][3] == "similarity too high: of seeds.jsonl:1"
    said = " ".join(here.run("why", "runs/recipe", "rows.jsonl:4").out.split())
    assert "novelty: dropped: similarity too high: of rows.jsonl:2" in said
    tuned = here.run("tune", "runs/recipe", "novelty").out
    assert "--set filters.1.novelty.max_similarity=..." in tuned and "0.9091" in tuned
    here.run("report", "runs/recipe").assert_success()
    assert "similarity too high" in here.read("runs/recipe/report.html")
