"""The format of a file is found and counted, and its recipe is sound."""

import bz2
import gzip
import io
import json
import sys

import pytest

from pitchpipe_stages.data.sections import FILTERS, LOADERS
from pitchpipe_stages.prepare.sections import SPLIT
from tests.tools.sniff.sniffed import ASKED, CHATS, checked, lines, proposed


@pytest.mark.parametrize(
    ("name", "content", "format", "count"),
    [
        ("a.jsonl", lines(ASKED), "alpaca", 24),
        ("a.json", json.dumps(ASKED), "alpaca", 24),
        ("a.jsonl.gz", gzip.compress(lines(CHATS).encode()), "messages", 3),
        ("a.json.bz2", bz2.compress(json.dumps(CHATS).encode()), "messages", 3),
        ("a.jsonl", lines(CHATS).encode("utf-16"), "messages", 3),
        ("a.csv", 'instruction;output\nSay hi;Hi!\n"Say ""ho""";Ho!\n', "alpaca", 2),
        ("a.tsv", "question\tanswer\n2+2?\t4\n", "query_response", 1),
        ("a.txt", "Once upon a time.\n\nThe end.\n", "text", 2),
    ],
)
def test_every_kind_of_file_is_read_and_its_recipe_is_sound(sniff, tmp_path, name, content, format, count):
    code, said = sniff(name, files={name: content})
    assert code == 0
    assert f"{name} " in said and f"rows: {count}" in said
    assert f"conversations: {count}" in said
    assert any(line.startswith(format) and line.endswith("chosen") for line in said.splitlines())
    recipe = checked(proposed(said), tmp_path)
    assert recipe[LOADERS][0].format is None  # a run detects it just so
    assert recipe[SPLIT].train == 0.9
    assert [use.name for use in recipe[FILTERS]]


def test_parquet_and_folders_and_globs(sniff, tmp_path):
    import pyarrow
    from pyarrow import parquet

    (tmp_path / "data").mkdir()
    parquet.write_table(pyarrow.Table.from_pylist(ASKED), tmp_path / "data" / "a.parquet")
    (tmp_path / "data" / "b.jsonl").write_text(lines(ASKED[:6]))
    code, said = sniff("data")
    assert code == 0 and "data 2 files, " in said and "conversations: 30" in said
    assert "exact duplicates of an earlier one 6 20.0%" in said
    code, said = sniff("data/*.parquet")
    assert code == 0 and "conversations: 24" in said
    assert checked(proposed(said), tmp_path)[LOADERS][0].loader.bound.inputs() == [
        tmp_path / "data/a.parquet"
    ]


def test_standard_input(sniff, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines(CHATS).encode())))
    code, said = sniff("-")
    assert code == 0 and "standard input rows: 3" in said and "conversations: 3" in said
    assert checked(proposed(said), tmp_path)[LOADERS][0].loader.name == "stdin"


def test_two_formats_that_fit_are_both_named_and_one_is_written(sniff, tmp_path):
    row = {"prompt": "2+2?", "completion": "4", "question": "2+3?", "answer": "5"}
    code, said = sniff("a.jsonl", files={"a.jsonl": lines([row])})
    assert code == 0
    assert "prompt_completion and query_response fit equally well" in said
    assert "format: prompt_completion or format: query_response" in said
    assert checked(proposed(said), tmp_path)[LOADERS][0].format.name == "prompt_completion"


def test_a_format_can_be_forced(sniff, tmp_path):
    row = {"prompt": "2+2?", "completion": "4", "question": "2+3?", "answer": "5"}
    code, said = sniff("a.jsonl", "--format", "query_response", files={"a.jsonl": lines([row])})
    assert code == 0
    assert checked(proposed(said), tmp_path)[LOADERS][0].format.name == "query_response"
    code, said = sniff("a.jsonl", "--format", "query_respons")
    assert code == 2 and "no format 'query_respons'. Did you mean 'query_response'?" in said
    code, said = sniff("a.jsonl", "--format", "messages")
    assert code == 2 and "the format messages makes no conversation of any row: leave out --format" in said


def test_a_forced_format_that_would_be_chosen_anyway_is_not_written(sniff):
    code, said = sniff("a.jsonl", "--format", "alpaca", files={"a.jsonl": lines(ASKED)})
    assert code == 0 and "- files: {path: a.jsonl}" in said


def test_rows_of_several_formats_are_counted_with_the_first_of_each(sniff):
    code, said = sniff("a.jsonl", files={"a.jsonl": lines([*ASKED, *CHATS, {"alpha": 1}])})
    assert code == 0
    assert "alpaca 24 a.jsonl:1" in said
    assert "messages 3 a.jsonl:25" in said
    assert "no format 1 a.jsonl:28" in said
    assert "A source has one format" in said


def test_rows_that_are_joined_are_read_whole(sniff):
    tree = [
        {"message_id": "1", "parent_id": None, "text": "2+2?", "role": "prompter"},
        {"message_id": "2", "parent_id": "1", "text": "4", "role": "assistant", "rank": 0},
    ]
    code, said = sniff("a.jsonl", files={"a.jsonl": lines(tree)})
    assert code == 0 and "rows: 2" in said and "conversations: 1" in said and "oasst_messages" in said


def test_columns_that_nobody_reads_and_grades_are_told(sniff):
    rows = [row | {"rationale": f"It is old, {n} years."} for n, row in enumerate(ASKED)]
    code, said = sniff(
        "a.jsonl", files={"a.jsonl": lines([row | {"rating": n % 5} for n, row in enumerate(rows)])}
    )
    assert code == 0 and "nobody reads" in said and "rationale" in said and "all rows" in said
    assert "`threshold: {of: rating, min_value: 2}`" in said


def test_undesired_replies_and_media_are_dropped_before_they_are_counted(sniff):
    rows = [row | {"label": n % 2 == 0, "images": ["a.jpg"] * (n == 0)} for n, row in enumerate(CHATS * 2)]
    code, said = sniff("a.jsonl", files={"a.jsonl": lines(rows)})
    assert code == 0 and "conversations: 2; refused: 4" in said
    assert "holds images, which cannot be learned" in said and "undesired reply, says label" in said


def test_a_file_of_which_every_row_is_refused_says_why(sniff):
    code, said = sniff("a.jsonl", files={"a.jsonl": lines([row | {"images": ["a.jpg"]} for row in CHATS])})
    assert code == 2 and "Most often: holds images, which cannot be learned (3)" in said
