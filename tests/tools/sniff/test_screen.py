"""What sniff counts is what a run would count."""

from tests.tools.sniff.sniffed import ASKED, CHATS, lines


def test_mess_is_counted_with_the_first_place_of_each(sniff):
    text = lines(ASKED[:2]) + '{"instruction": "broken\n' * 2 + "[1]\n"
    text += lines([{"instruction": "Hi", "output": ""}, {"instruction": "A &amp; B", "output": "yes"}])
    code, said = sniff("a.jsonl", files={"a.jsonl": text})
    assert code == 0 and "rows: 7" in said and "conversations: 3; refused: 4" in said
    assert "quarantined not JSON load 2 a.jsonl:3" in said
    assert "quarantined a row is an object, not list load 1 a.jsonl:5" in said
    assert "quarantined empty reply repair 1 a.jsonl:6" in said
    assert "noted HTML entities read repair 1 a.jsonl:7" in said


def test_what_no_turn_may_say_in_silence(sniff):
    rows = [
        {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!", **more}]}
        for more in ({"mood": "good"}, {"weight": 0.5}, {"mood": "bad", "style": "x"}, {"loss_weight": 3}, {"weight": 0})
    ]  # fmt: skip
    code, said = sniff("a.jsonl", files={"a.jsonl": lines(rows)})
    assert code == 0
    assert "noted keys of turns not read: mood; mood, style format messages 2 a.jsonl:1" in said
    assert "noted weight read as learned: weight 0.5; loss_weight 3 format messages 2 a.jsonl:2" in said


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


def test_without_the_profile_and_without_repair_it_still_works(sniff, monkeypatch):
    monkeypatch.setenv("PITCHPIPE_BLOCK", "filters,repair")
    code, said = sniff("a.jsonl", files={"a.jsonl": lines(CHATS)})
    assert code == 0 and "conversations: 3" in said and "sft_default" not in said
