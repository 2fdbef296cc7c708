"""No filter drops a good row of any format: a call is a reply, and so is a reply with its reasoning apart."""

import json

import pytest

import pitchpipe as pp
from pitchpipe_components.filters import SFT_DEFAULT, Tokens, language
from pitchpipe_components.formats import FORMATS
from pitchpipe_components.repair import repair
from tests.components.filters.good_rows import CALL, GOOD
from tests.components.filters.talks import BY_NAME, conversation_of, dropped, score
from tests.components.formats.test_documented import SHOWN
from tests.tokenizers import bytes_alone

SHORT = [(name, json.loads(row)) for name, row, _ in SHOWN]
PROFILE = {name: {} for name in SFT_DEFAULT.entries if isinstance(name, str)} | {
    name: options for entry in SFT_DEFAULT.entries if isinstance(entry, dict) for name, options in entry.items()
}  # fmt: skip


def conversations(name, row):
    made = FORMATS[name]()(row)
    for one in made if isinstance(made, list) else [made]:
        yield conversation_of(repair(conversation_of(one)))


def verdict_of(name, chat, **options):
    return BY_NAME[name](chat, **{key: value for key, value in options.items() if key != "action"})


@pytest.mark.parametrize(("format", "row"), GOOD + SHORT)
def test_the_profile_drops_no_good_row(format, row):
    for chat in conversations(format, row):
        assert isinstance(chat, pp.Conversation)
        for name in PROFILE.keys() - {"exact_duplicates"}:
            verdict = verdict_of(name, chat, **PROFILE[name])
            assert dropped(verdict) is None, name


@pytest.mark.parametrize(("format", "row"), GOOD)
def test_no_other_filter_drops_a_good_row_either(format, row, tmp_path):
    bytes_alone().backend_tokenizer.save(str(tmp_path / "tokenizer.json"))
    for chat in conversations(format, row):
        verdicts = {
            name: verdict_of(name, chat, **{"threshold": {"of": "x"}}.get(name, {})) for name in BY_NAME
        }
        verdicts["language"] = language(chat, keep=("en",))
        verdicts["tokens"] = Tokens(tokenizer=tmp_path, min_reply_tokens=1, min_prompt_tokens=1)(chat)
        assert {name for name, verdict in verdicts.items() if dropped(verdict)} == set()


def test_every_format_was_tried():
    assert {name for name, _ in GOOD + SHORT} >= set(FORMATS) - {"oasst_messages"}


def test_a_call_has_characters_words_and_tokens(tmp_path):
    bytes_alone().backend_tokenizer.save(str(tmp_path / "tokenizer.json"))
    asked = pp.Message("user", "Weather?")
    chat = pp.Conversation((asked, pp.Message("assistant", "", tool_calls=(CALL,))))
    said = 'weather {"city": "Ghent", "day": "tomorrow"}'
    verdict = BY_NAME["length"](chat, min_reply_words=1)
    assert score(verdict, "reply_chars") == len(said) and score(verdict, "reply_words") == len(said.split())
    assert score(Tokens(tokenizer=tmp_path)(chat), "reply_tokens") == len(said)
    silent = pp.Conversation((asked, pp.Message("assistant", "")))
    assert dropped(BY_NAME["length"](silent)) == pp.Drop("reply chars too low", 0, 1)


def test_the_run_keeps_calls_and_why_and_peek_show_them(project):
    rows = [row for name, row in GOOD if name == "messages"]
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters: [sft_default: {exact_duplicates: false}]\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    assert len(here.rows("runs/recipe/prepared/train.jsonl")) == len(rows)
    called = 'assistant calls: weather {"city": "Ghent", "day": "tomorrow"}'
    assert called in here.run("why", "runs/recipe", "rows.jsonl:1").out
    assert called in here.run("peek", "recipe.yaml").out
