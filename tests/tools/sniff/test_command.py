"""What cannot be read says why and what to do."""

import pytest

from tests.tools.sniff.sniffed import ASKED, lines

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
