"""Records as JSON lines: out, in again, and as a teacher."""

from contextlib import closing

import msgspec
import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.generate.requests.cassette import read_lines, write_lines
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


def test_lines_out_and_in_again_send_nothing(tmp_path, asked):
    server, replies = asked
    file, other = tmp_path / "asks.jsonl", tmp_path / "other"
    with record_in(tmp_path) as record:
        assert write_lines(record, file) == 4
    with record_in(other) as record:
        assert read_lines(record, file) == 4
        assert read_lines(record, file) == 4
        assert record.spent().requests == 0
        assert write_lines(record, tmp_path / "again.jsonl") == 4
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
        write_lines(record, tmp_path / "asks.jsonl")
    server.asked.clear()
    said = desk_of(tmp_path / "run", {"recorded": {"path": str(tmp_path / "asks.jsonl")}}).ask(
        "writer", ASKS, "asking"
    )
    assert [(one.text, one.end, one.model) for one in said] == [
        (one.text, one.end, one.model) for one in replies
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
        write_lines(record, tmp_path / "asks.jsonl")
    with pytest.raises(PitchpipeError, match=said):
        desk_of(tmp_path / "run", {"recorded": {"path": str(tmp_path / "asks.jsonl")}}).ask(
            "writer", asks, "asking"
        )


def test_a_line_that_is_none_is_named(tmp_path):
    (tmp_path / "asks.jsonl").write_text('{"key": 1}\n')
    with (
        record_in(tmp_path) as record,
        pytest.raises(PitchpipeError, match=r"asks\.jsonl:1: no line of a record"),
    ):
        read_lines(record, tmp_path / "asks.jsonl")
