"""pitchpipe sniff: what it says of a data file is what a run would do with it."""

import bz2
import gzip
import io
import json
import random
import sys

import pytest

from pitchpipe.check import load
from pitchpipe.host import Host
from pitchpipe.sniffing.guess import guessed
from pitchpipe.sniffing.proposal import _flow
from pitchpipe.yaml12 import Document

ASKED = [
    {
        "instruction": f"Name river number {i}.",
        "input": "",
        "output": f"River {i} is the Old Water.",
        "category": f"c{i % 12}",
    }
    for i in range(24)
]
CHATS = [
    {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": f"Hi {i}"},
            {"role": "assistant", "content": f"Hello {i}, how are you?"},
        ]
    }
    for i in range(3)
]


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def sniff(tmp_path, monkeypatch, capsys):
    """sniff(*arguments, **files) -> (exit code, all that was said); the files stand in this folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments, files=None):
        from pitchpipe.cli import main

        for name, content in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        monkeypatch.setattr(sys, "argv", ["pitchpipe", "sniff", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        said = capsys.readouterr()
        return code, "\n".join(" ".join(line.split()) for line in (said.out + said.err).splitlines())

    return run


def proposed(said):
    """The recipe that was shown."""
    return said[said.index("\nloaders:\n") + 1 :].replace("\n- ", "\n  - ")


def checked(text, folder, name="made.yaml"):
    (folder / name).write_text(text)
    return load(folder / name, Host.from_environment(folder))


# --- The format ---------------------------------------------------------------------------------


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
    assert recipe.loaders[0].format is None  # a run detects it just so
    assert recipe.split.train == 0.9
    assert [use.name for use in recipe.filters]


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
    assert checked(proposed(said), tmp_path).loaders[0].loader.bound.inputs() == [tmp_path / "data/a.parquet"]


def test_standard_input(sniff, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines(CHATS).encode())))
    code, said = sniff("-")
    assert code == 0 and "standard input rows: 3" in said and "conversations: 3" in said
    assert checked(proposed(said), tmp_path).loaders[0].loader.name == "stdin"


def test_two_formats_that_fit_are_both_named_and_one_is_written(sniff, tmp_path):
    row = {"prompt": "2+2?", "completion": "4", "question": "2+3?", "answer": "5"}
    code, said = sniff("a.jsonl", files={"a.jsonl": lines([row])})
    assert code == 0
    assert "prompt_completion and query_response fit equally well" in said
    assert "format: prompt_completion or format: query_response" in said
    assert checked(proposed(said), tmp_path).loaders[0].format.name == "prompt_completion"


def test_a_format_can_be_forced(sniff, tmp_path):
    row = {"prompt": "2+2?", "completion": "4", "question": "2+3?", "answer": "5"}
    code, said = sniff("a.jsonl", "--format", "query_response", files={"a.jsonl": lines([row])})
    assert code == 0
    assert checked(proposed(said), tmp_path).loaders[0].format.name == "query_response"
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


# --- Columns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ({"user_question": "a", "modelAnswer": "b"}, {"instruction": "user_question", "output": "modelAnswer"}),
        ({"Question": "a", "Context": "c", "Solution": "b"}, {"instruction": "Question", "output": "Solution", "input": "Context"}),
        ({"instruction": "a", "target": "b"}, {"output": "target"}),
        ({"input": "a", "expected output": "b"}, {"instruction": "input", "output": "expected output"}),
        ({"input": "a", "question": "q", "reply": "b"}, {"instruction": "question", "output": "reply"}),
        ({"alpha": "a", "answer": "b"}, {}),
        ({"system": "s", "questionText": "a", "gold_answer": "b"}, {"instruction": "questionText", "output": "gold_answer"}),
        ({"system_prompt": "s", "answer": "b"}, {}),
        ({"question_id": "1", "question": "a", "answer_score": "5", "answer": "b", "system_id": "x"}, {"instruction": "question", "output": "answer"}),
        ({"question_id": "1", "answer": "b"}, {}),
        ({"prompt": "a", "human": "c", "target_text": "b"}, {"instruction": "prompt", "output": "target_text"}),
        ({"question": "a", "alpha": "b"}, {}),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_names(row, columns):
    assert guessed([row]) == columns


def test_no_column_is_used_twice():
    """Whatever a row's keys are, in whatever order."""
    words = [
        "question",
        "answer",
        "prompt",
        "input",
        "output",
        "system_prompt",
        "user input",
        "context",
        "targetText",
    ]
    for seed in range(300):
        some = random.Random(seed)
        row = dict.fromkeys(some.sample(words, some.randint(1, 6)), "x")
        columns = guessed([row])
        assert len(set(columns.values())) == len(columns)
        assert set(columns.values()) <= row.keys()


def test_other_names_are_proposed_and_work(sniff, tmp_path):
    rows = [{"user_question": f"What is {i}?", "modelAnswer": f"It is {i}."} for i in range(4)]
    code, said = sniff("a.json", files={"a.json": json.dumps(rows)})
    assert code == 0
    assert "No format fits the columns as they are called" in said and "conversations: 4" in said
    source = checked(proposed(said), tmp_path).loaders[0]
    assert source.columns == {"instruction": "user_question", "output": "modelAnswer"}


def test_other_names_are_proposed_for_a_forced_format_too(sniff, tmp_path):
    rows = [{"user_question": f"What is {i}?", "modelAnswer": f"It is {i}."} for i in range(4)]
    code, said = sniff("a.json", "--format", "alpaca", files={"a.json": json.dumps(rows)})
    assert code == 0 and "conversations: 4" in said
    source = checked(proposed(said), tmp_path).loaders[0]
    assert source.columns and source.format is None  # which is what a run detects
    code, said = sniff("a.json", "--format", "messages")
    assert code == 2 and "leave out --format" in said


def test_a_plugin_that_fails_is_named(sniff):
    broken = {"pitchpipe_local.py": "import nothing_of_that_name", "a.jsonl": lines(CHATS)}
    code, said = sniff("a.jsonl", files=broken)
    assert code == 0 and "pitchpipe_local" in said and "failed to load" in said


def test_other_names_are_not_proposed_where_nothing_can_be_read(sniff):
    rows = [{"question": {"a": 1}, "target": {"b": [2]}} for _ in range(4)]
    code, said = sniff("a.json", files={"a.json": json.dumps(rows)})
    assert code == 2 and "columns as they are called" not in said
    assert "no format fits its rows, which hold question, target" in said


def test_keys_that_say_nothing_are_shown(sniff):
    code, said = sniff("a.jsonl", files={"a.jsonl": lines([{"alpha": 1, "beta": 2}])})
    assert code == 2
    assert "which hold alpha, beta" in said and "columns: {instruction: alpha, output: beta}" in said


# --- What is counted ----------------------------------------------------------------------------


def test_mess_is_counted_with_the_first_place_of_each(sniff):
    text = lines(ASKED[:2]) + '{"instruction": "broken\n' * 2 + "[1]\n"
    text += lines([{"instruction": "Hi", "output": ""}, {"instruction": "A &amp; B", "output": "yes"}])
    code, said = sniff("a.jsonl", files={"a.jsonl": text})
    assert code == 0 and "rows: 7" in said and "conversations: 3; refused: 4" in said
    assert "quarantined not JSON load 2 a.jsonl:3" in said
    assert "quarantined a row is an object, not list load 1 a.jsonl:5" in said
    assert "quarantined empty reply repair 1 a.jsonl:6" in said
    assert "mended HTML entities read repair 1 a.jsonl:7" in said


def test_clean_rows_are_called_clean(sniff):
    assert "No row had to be mended or refused." in sniff("a.jsonl", files={"a.jsonl": lines(CHATS)})[1]


def test_sizes_are_right(sniff):
    rows = [{"instruction": "x" * n, "input": "", "output": "y" * 2 * n} for n in range(1, 102)]
    _, said = sniff("a.jsonl", files={"a.jsonl": lines(rows)})
    assert "turns 2 2 2 2 202" in said
    assert "characters of prompts 1 51 96 101 5,151" in said
    assert "characters of replies 2 102 192 202 10,302" in said
    assert "tokens (estimate) 1 39 72 76" in said  # 3, 153, 288 and 303 characters / 4, rounded up


def test_what_conversations_have(sniff):
    preferred = {"messages": CHATS[0]["messages"][:2], "chosen": {"role": "assistant", "content": "Hello"}}
    preferred["rejected"] = {"role": "assistant", "content": "No"}
    code, said = sniff("a.jsonl", files={"a.jsonl": lines([*CHATS, CHATS[0], preferred])})
    assert code == 0
    assert "with a system prompt 5 100.0%" in said
    assert "turns 2 2 2 2 10" in said  # a system prompt is no turn
    assert "with a rejected reply 1 20.0%" in said
    assert "with tools" not in said
    assert "exact duplicates of an earlier one 1 20.0%" in said


def test_the_ten_largest_categories_and_the_rest(sniff):
    _, said = sniff("a.jsonl", files={"a.jsonl": lines(ASKED)})
    assert said.count("category c") == 10
    assert "2 more categories 4 16.7%" in said


def test_what_the_profile_would_drop(sniff):
    empty_words = {"instruction": "Say it.", "output": "blah blah " * 400}
    _, said = sniff("a.jsonl", files={"a.jsonl": lines([*ASKED, empty_words])})
    assert "The filters of sft_default would drop 1 of 25 conversations, 4.0%" in said
    assert "a.jsonl:25" in said[said.index("The filters of") :]
    assert "not tried here" in said and "exact_duplicates" in said


def test_only_the_first_rows_are_looked_at(sniff):
    text = lines(ASKED) + "[1]\n"
    _, said = sniff("a.jsonl", "--rows", "10", files={"a.jsonl": text})
    assert "the first 10 rows; --rows 0 looks at all" in said
    assert "conversations: 10" in said and "quarantined" not in said
    for most in (25, 0):
        _, said = sniff("a.jsonl", "--rows", most)
        assert "rows: 25" in said and "--rows 0" not in said and "quarantined" in said


def test_tokens_are_counted_by_a_tokenizer(sniff, tmp_path):
    from tests.tokenizers import byte_pairs, bytes_alone

    bytes_alone().save_pretrained(tmp_path / "bytes")
    rows = [{"instruction": "é" * n, "output": "y" * n} for n in (1, 2, 3)]
    for name in ("bytes", "bytes/tokenizer.json"):
        code, said = sniff("a.jsonl", "--tokenizer", name, files={"a.jsonl": lines(rows)})
        assert code == 0 and "tokens 3 6 9 9 18" in said and "estimate" not in said
    byte_pairs().save_pretrained(tmp_path / "pairs")  # which begins every text with a token of its own
    size = sum(
        len(byte_pairs()(text, add_special_tokens=False)["input_ids"]) for text in ("éy", "ééyy", "éééyyy")
    )
    assert f" {size}" in next(
        line for line in sniff("a.jsonl", "--tokenizer", "pairs")[1].splitlines() if line.startswith("tokens")
    )
    code, said = sniff("a.jsonl", "--tokenizer", "a.jsonl")
    assert code == 2 and "--tokenizer a.jsonl: no tokenizer there" in said


def test_markup_in_the_data_is_shown_as_it_is(sniff):
    row = {"[bold]instruction": "a", "[/red]": "b"}
    code, said = sniff("a.jsonl", files={"a.jsonl": lines([row])})
    assert code == 2 and "[bold]instruction, [/red]" in said
    row = {"instruction": "a", "output": "b", "category": "[red]x[/]"}
    assert "category [red]x[/] 1 100.0%" in sniff("a.jsonl", files={"a.jsonl": lines([row])})[1]


# --- The recipe ---------------------------------------------------------------------------------


def test_it_is_written_for_the_folder_it_stands_in(sniff, tmp_path):
    (tmp_path / "recipes").mkdir()
    code, said = sniff(
        "data/my rows.jsonl", "--write", "recipes/r.yaml", files={"data/my rows.jsonl": lines(ASKED)}
    )
    assert code == 0 and "written to recipes/r.yaml" in said
    recipe = load(tmp_path / "recipes/r.yaml", Host.from_environment(tmp_path))
    assert [file.resolve() for file in recipe.loaders[0].loader.bound.inputs()] == [
        tmp_path / "data/my rows.jsonl"
    ]
    before = (tmp_path / "recipes/r.yaml").read_text()
    code, said = sniff("data/my rows.jsonl", "--write", "recipes/r.yaml")
    assert code == 2 and "is there already" in said and (tmp_path / "recipes/r.yaml").read_text() == before
    code, said = sniff("data/my rows.jsonl", "--write", "nowhere/r.yaml")
    assert code == 2 and "has no folder" in said


def test_options_of_the_loader_go_into_the_recipe(sniff, tmp_path):
    text = "instruction,output\nSag hallo,Grüß Gott\n".encode("latin-1")
    code, said = sniff("a.dat", "--option", "kind=csv", "--option", "encoding=latin-1", files={"a.dat": text})
    assert code == 0 and "- files: {path: a.dat, kind: csv, encoding: latin-1}" in said
    assert checked(proposed(said), tmp_path).loaders[0].loader.options["encoding"] == "latin-1"


@pytest.mark.parametrize(
    "value",
    [
        "a.jsonl",
        "data/a-b_c.jsonl",
        "../x/y.json",
        "my rows.jsonl",
        "1e5",
        "-1",
        "0x1F",
        "true",
        "Null",
        "~",
        "no",
        "**/*.json",
        "a: b",
        "a#b",
        "[a]",
        "{a}",
        "é/ü.json",
        "7.jsonl",
        "'",
        '"',
        "a\\b",
        ".inf",
        ".nan",
        "2e-4",
        "_1",
    ],
)
def test_text_in_the_recipe_stays_text(value):
    assert Document(f"- {_flow({value: value})}", "").data == [{value: value}]


# --- What cannot be read ------------------------------------------------------------------------


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


@pytest.mark.parametrize(
    ("arguments", "files", "words"),
    [
        (["chat.jsonl"], {"chats.jsonl": "{}"}, "no file chat.jsonl. Did you mean 'chats.jsonl'?"),
        (["a.jsonl"], {"a.jsonl": ""}, "a.jsonl is empty: it holds no rows"),
        (["a.png"], {"a.png": PNG}, "a.png is a PNG image: no rows"),
        (["a.jsonl"], {"a.jsonl": PNG}, "a.jsonl is a PNG image: no rows"),
        (["a.jsonl"], {"a.jsonl": b"\1\0\2\0\0\3" * 99}, "neither text nor data"),
        (["a.dat"], {"a.dat": "what is this\n"}, "--option kind="),
        (["a"], {"a/readme.md": "hi"}, "no data files in a"),
        (["a.jsonl"], {"a.jsonl": "hi\nho\n"}, "no row can be read"),
        (["a.jsonl", "--option", "kid=csv"], {"a.jsonl": "{}"}, "no such option of loader 'files': kid"),
        (["a.jsonl", "--option", "kind=cvs"], {"a.jsonl": "{}"}, "--option kind: expected one of"),
        (["a.jsonl", "--option", "kind"], {"a.jsonl": "{}"}, "expected NAME=VALUE"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(sniff, arguments, files, words):
    code, said = sniff(*arguments, files=files)
    assert code == 2 and words in said


def test_nothing_is_left_behind(sniff, tmp_path):
    sniff("a.jsonl", files={"a.jsonl": lines(ASKED)})
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_without_the_profile_and_without_repair_it_still_works(sniff, monkeypatch):
    monkeypatch.setenv("PITCHPIPE_BLOCK", "filters,repair")
    code, said = sniff("a.jsonl", files={"a.jsonl": lines(CHATS)})
    assert code == 0 and "conversations: 3" in said and "sft_default" not in said
