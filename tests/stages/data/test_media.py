"""Media that cannot be learned take their row with them, unless the recipe says otherwise."""

import pytest

from pitchpipe_components.formats import FORMATS
from pitchpipe_stages.data.media import media
from tests.components.formats.published import without_notes

LOADERS = "loaders:\n  - files: {path: rows.jsonl}\n"
ALPACA = {"instruction": "Say it.", "input": "", "output": "The river runs to the sea at last."}
CHAT = {"messages": [{"role": "user", "content": "Say it."}, {"role": "assistant", "content": "It is said."}]}


def shown(*parts):
    turns = [
        {"role": "user", "content": [*parts, {"type": "text", "text": "What is it?"}]},
        CHAT["messages"][1],
    ]
    return {"messages": turns}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"images": ["a.jpg"]}, "images"),
        ({"image": {"bytes": b"x", "path": None}}, "image"),
        ({"video_path": "a.mp4"}, "video_path"),
        ({"audios": ["a.wav"]}, "audios"),
        ({"images": [], "image": None, "video": "", "audio": {"bytes": None, "path": None}}, ""),
        ({"images": 2, "image": False, "imagery": "A vivid one.", "video_title": "Rivers"}, ""),
    ],
)  # fmt: skip
def test_media_are_known_by_name_and_by_holding_something(more, found):
    assert media(without_notes(FORMATS["alpaca"]()(ALPACA | more))) == found


def test_media_of_a_turn_are_found_too():
    turns = [{"role": "user", "content": "What is it?", "images": ["a.jpg"]}, CHAT["messages"][1]]
    assert media(without_notes(FORMATS["messages"]()({"messages": turns}))) == "images"


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ({"type": "image"}, "image parts"),
        ({"type": "image", "image": "a.jpg"}, "image parts"),
        ({"type": "image_url", "image_url": {"url": "a.jpg"}}, "image parts"),
        ({"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}}, "audio parts"),
        ({"type": "video_url", "video_url": {"url": "a.mp4"}}, "video parts"),
        ({"image": "a.jpg"}, "image parts"),
        ({"type": "text", "text": "An image of a video."}, ""),
        ({"type": "imagination", "text": "x"}, ""),
    ],
)  # fmt: skip
def test_parts_of_a_content_are_known_by_their_type(part, found):
    assert media(without_notes(FORMATS["messages"]()(shown(part)))) == found


def test_parts_take_their_row_with_them_and_ignored_leave_the_words(project):
    rows = [CHAT, shown({"type": "image"}), shown({"type": "video_url", "video_url": {"url": "a.mp4"}})]
    here = project({"recipe.yaml": LOADERS, "rows.jsonl": rows})
    said = " ".join(here.run("prepare", "recipe.yaml").assert_success().out.split())
    assert "rows with image parts, which are not learned: 1; `media: ignore` learns" in said
    (counts,) = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]["rows"].values()
    assert (counts["kept"], counts["dropped"], counts["quarantined"]) == (1, 2, 0)
    here.write({"recipe.yaml": LOADERS.replace("rows.jsonl", "rows.jsonl, media: ignore")})
    here.run("prepare", "recipe.yaml").assert_success()
    kept = here.rows("runs/recipe/prepared/train.jsonl")
    assert [row["messages"][0]["content"] for row in kept] == ["Say it.", "What is it?", "What is it?"]


def test_rows_with_media_are_dropped_unless_the_recipe_says_otherwise(project):
    rows = [CHAT, CHAT | {"images": ["a.jpg"]}, CHAT | {"images": []}]
    here = project({"recipe.yaml": LOADERS, "rows.jsonl": rows})
    said = here.run("prepare", "recipe.yaml").assert_success().out
    assert "holds images, which cannot be learned" in " ".join(said.split())
    assert "rows with images, which are not learned: 1; `media: ignore` learns" in " ".join(said.split())
    (counts,) = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]["rows"].values()
    assert (counts["read"], counts["kept"], counts["dropped"], counts["quarantined"]) == (3, 2, 1, 0)
    here.write({"recipe.yaml": LOADERS.replace("rows.jsonl", "rows.jsonl, media: ignore")})
    here.run("prepare", "recipe.yaml").assert_success()
    assert len(here.rows("runs/recipe/prepared/train.jsonl")) == 3
