"""Records as JSON lines: out, in again, and as a teacher."""

from contextlib import closing

import msgspec
import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.generate.requests.cassette import TakenIn, read_lines, write_lines
from pitchpipe_stages.generate.requests.key import key_of
from pitchpipe_stages.generate.requests.record import RequestRecord
from tests.asked_teachers import VARIABLE, desk_of, ends, openai, questions
from tests.bad_server import KEY, bad_server

ASKS = questions("one", "two \u2028 {x}", "mode:refusal", "mode:400", schema=None)


@pytest.fixture
def asked(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, KEY)
    with bad_server() as server:
        replies = desk_of(tmp_path, openai(server)).ask("writer", ASKS, "asking")
        yield server, replies


def record_in(folder):
    (folder / "run").mkdir(parents=True, exist_ok=True)
    return closing(RequestRecord(folder / "run" / "asks.sqlite"))


def written(record, file):
    with open(file, "wb") as lines:
        return write_lines(record, lines)


def taken(record, file):
    with open(file, "rb") as lines:
        return read_lines(record, lines, file.name)


def test_lines_out_and_in_again_send_nothing(tmp_path, asked):
    server, replies = asked
    file, other = tmp_path / "asks.jsonl", tmp_path / "other"
    with record_in(tmp_path) as record:
        assert written(record, file) == 4
    with record_in(other) as record:
        assert taken(record, file) == TakenIn(new=4)
        assert taken(record, file) == TakenIn(same=4)
        assert record.spent().requests == 0
        assert written(record, tmp_path / "again.jsonl") == 4
    assert file.read_bytes() == (tmp_path / "again.jsonl").read_bytes()
    server.asked.clear()
    assert desk_of(other, openai(server)).ask("writer", ASKS[:3], "asking") == replies[:3]
    assert not server.asked
    assert KEY.encode() not in file.read_bytes()
    assert all(
        set(msgspec.json.decode(line)) <= {"key", "teacher", "model", "request", "reply", "problem"}
        for line in file.read_bytes().splitlines()
    )


def test_lines_are_a_teacher(tmp_path, asked):
    server, replies = asked
    with record_in(tmp_path) as record:
        written(record, tmp_path / "asks.jsonl")
    server.asked.clear()
    said = desk_of(tmp_path / "run", {"recorded": {"path": str(tmp_path / "asks.jsonl")}}).ask(
        "writer", ASKS, "asking"
    )
    assert [(one.text, one.end, one.model) for one in said] == [
        (one.text, one.end, one.model and f"{one.model}/asks") for one in replies
    ]
    assert ends(said) == ["stop", "stop", "refused", "failed"]
    assert not server.asked


@pytest.mark.parametrize(("asks", "said"), [
    (questions("three"), "asks.jsonl has no reply to a question, and was asked: 'three'"),
    (questions("one", temperature=0.5), "It knows this question with another temperature"),
    (questions("one", nth=1), r"and was asked \(nth: 1\): 'one'"),
])  # fmt: skip
def test_a_question_that_is_not_in_it_is_named(tmp_path, asked, asks, said):
    with record_in(tmp_path) as record:
        written(record, tmp_path / "asks.jsonl")
    with pytest.raises(PitchpipeError, match=said):
        desk_of(tmp_path / "run", {"recorded": {"path": str(tmp_path / "asks.jsonl")}}).ask(
            "writer", asks, "asking"
        )


LINE = msgspec.json.encode(
    {"key": key_of(b'{"messages":[]}'), "teacher": "writer", "model": "tutor", "request": {"messages": []}}
)


@pytest.mark.parametrize(("text", "said"), [
    (b'{"key": 1}', "Expected `str`, got `int`"),
    (LINE[:40], "JSON is malformed|truncated"),
    (LINE.replace(b"[]", b"[1]"), "its key is .*, and its request has the key"),
    (b"\xff\xfe", "malformed"),
])  # fmt: skip
def test_of_a_file_with_a_wrong_line_nothing_is_taken_in(tmp_path, text, said):
    (tmp_path / "asks.jsonl").write_bytes(LINE + b"\n\n" + text + b"\n")
    with record_in(tmp_path) as record:
        with pytest.raises(PitchpipeError, match=rf"asks\.jsonl:3: no line of a record: .*{said}"):
            taken(record, tmp_path / "asks.jsonl")
        assert list(record.lines()) == []
        (tmp_path / "asks.jsonl").write_bytes(LINE)
        assert taken(record, tmp_path / "asks.jsonl") == TakenIn(new=1)


def test_a_reply_that_is_here_stays_and_one_that_was_missing_comes(tmp_path):
    def line(text):
        reply = {"reply": {"text": text, "end": "stop", "model": "tutor"}} if text else {}
        return msgspec.json.encode(msgspec.json.decode(LINE) | reply) + b"\n"

    with record_in(tmp_path) as record:
        for text, came in [("", "new"), ("one", "new"), ("two", "other"), ("one", "same"), ("", "same")]:
            (tmp_path / "asks.jsonl").write_bytes(line(text))
            assert taken(record, tmp_path / "asks.jsonl") == TakenIn(**{came: 1})
        assert [one.reply.text for one in record.lines()] == ["one"]
