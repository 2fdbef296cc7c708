"""Tokens are counted by the tokenizer that the recipe names."""

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

import pitchpipe as pp
from pitchpipe_components.filters import Tokens
from pitchpipe_components.filters.tokens import _counter
from pitchpipe_components.hub import commit_of
from tests.components.filters.talks import dropped, score, talk
from tests.tokenizers import bytes_alone

OLD, NEW = "0a" * 20, "1b" * 20


def test_tokens_are_counted_by_the_tokenizer_named(tmp_path):
    bytes_alone().backend_tokenizer.save(str(tmp_path / "tokenizer.json"))
    chat = talk("héllo", "abc")
    for place in (tmp_path, tmp_path / "tokenizer.json"):
        verdict = Tokens(tokenizer=place, max_reply_tokens=2)(chat)
        assert (score(verdict, "prompt_tokens"), score(verdict, "conversation_tokens")) == (6, 9)
        assert dropped(verdict) == pp.Drop("reply tokens too high", 3, 2)
    assert dropped(Tokens(tokenizer=tmp_path, min_prompt_tokens=7)(chat)) == pp.Drop(
        "prompt tokens too low", 6, 7
    )


def test_tokens_of_context_and_reasoning_count(tmp_path):
    chat = pp.Conversation(
        (pp.Message("user", "a", context="bc"), pp.Message("assistant", "d", reasoning="efg"))
    )
    bytes_alone().backend_tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert score(Tokens(tokenizer=tmp_path)(chat), "conversation_tokens") == 7


def test_a_tokenizer_that_is_not_there_says_how_to_make_one(tmp_path):
    with pytest.raises(pp.PitchpipeError, match="save_pretrained"):
        Tokens(tokenizer=tmp_path)(talk("a", "b"))


def test_which_tokenizer_is_meant_is_known_before_a_row_is_read(project, rows):
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - tokens: {max_reply_tokens: 9}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    words = "recipe.yaml:4: filters.1.tokens: say either a 'tokenizer' (a file) or a 'name' on the hub"
    here.run("check", "recipe.yaml").assert_failed(words)


def test_a_name_on_the_hub_is_taken_with_its_commit(tmp_path, monkeypatch):
    """What the name means now is a part of the key, and is what is loaded; another commit counts otherwise."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    home = tmp_path / "models--someone--tokenizer"
    words = Tokenizer(WordLevel({"?": 0}, "?"))
    words.pre_tokenizer = WhitespaceSplit()
    for commit, tokenizer in ((OLD, bytes_alone().backend_tokenizer), (NEW, words)):
        (home / "snapshots" / commit).mkdir(parents=True)
        tokenizer.save(str(home / "snapshots" / commit / "tokenizer.json"))
    (home / "refs").mkdir()
    counted = {}
    for commit in (OLD, NEW):
        (home / "refs" / "main").write_text(commit)
        commit_of.cache_clear()
        _counter.cache_clear()
        filter = Tokens(name="someone/tokenizer")
        assert filter.commits() == {"someone/tokenizer on the hub": commit}
        counted[commit] = score(filter(talk("Say hello there.", "Hello!")), "conversation_tokens")
    commit_of.cache_clear()
    assert counted == {OLD: len("Say hello there.Hello!"), NEW: len(["Say", "hello", "there.", "Hello!"])}
