"""The journal: what it keeps of an answer, for whom, and what stays whole whatever happens."""

import asyncio
import json
import os
import signal
import time
from dataclasses import replace

import pytest

import pitchpipe as pp
from pitchpipe_components.middlewares.cache import AnswerCache
from pitchpipe_components.middlewares.journal import AnswerJournal
from pitchpipe_components.middlewares.journal_files import JournalFiles
from pitchpipe_components.middlewares.known_ids import KnownIds
from tests.components.middlewares.around import (
    Scripted,
    ask,
    counted,
    full_disk,
    request,
    served,
    settled,
    stretches,
    text,
)

ASKED = {"consent": True, "user": "ann"}


def lines(folder):
    """All that stands in the journals of a folder."""
    return [json.loads(line) for path in sorted(folder.glob("journal-*.jsonl")) for line in open(path)]


def kept_of(folder, *requests, upstream=None, feedback=(), middlewares=None, **options):
    """The lines that some requests leave, asked one after the other; then feedback."""

    async def run():
        parts = middlewares or [AnswerJournal(**options)]
        async with served(folder / "s", upstream or Scripted(), *parts) as service:
            for one in requests:
                await ask(service, one)
            for one in feedback:
                assert await service.middlewares[0].heard(one)

    asyncio.run(run())
    return lines(folder / "s")


def test_a_line_says_all_of_an_answer(tmp_path):
    call = {"id": "c1", "name": "add", "arguments": '{"a": 1}'}
    upstream = Scripted(
        pp.Said(1, "Two", tokens=1, end="length", by="model"),
        pp.Said(0, reasoning="Hm.", tokens=2, by="model"),
        pp.Said(0, "One", calls=[call], tokens=1, end="tool_calls", by="model"),
    )
    messages = (pp.Message("system", "Be brief."), pp.Message("user", "Add \u2028 it"))
    wish = pp.Wish(pp.Sampling(0.5), count=2, stop=("END",), bias={5: 1.0})
    asked = request(messages=messages, wish=wish, **ASKED)
    (line,) = kept_of(tmp_path, asked, upstream=upstream)
    assert (line["id"], line["model"], line["by"], line["read"], line["consent"]) == (
        "a1",
        "model",
        "model",
        3,
        "client",
    )
    assert line["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Add \u2028 it"},
    ]
    function = {"name": "add", "arguments": '{"a": 1}'}
    assert line["answers"] == [
        {
            "message": {
                "role": "assistant", "content": "One", "reasoning": "Hm.",
                "tool_calls": [{"id": "c1", "type": "function", "function": function}],
            },
            "end": "tool_calls", "tokens": 3,
        },
        {"message": {"role": "assistant", "content": "Two"}, "end": "length", "tokens": 1},
    ]  # fmt: skip
    assert line["wish"] == {"temperature": 0.5, "count": 2, "stop": ["END"], "bias": {"5": 1.0}}
    assert abs(line["at"] - time.time()) < 60 and 0 <= line["first"] <= line["seconds"]
    assert "ann" not in json.dumps(line)


@pytest.mark.parametrize(
    ("consent", "said", "kept"),
    [
        ("asked", None, ""), ("asked", True, "client"), ("asked", False, ""),
        ("always", None, "server"), ("always", True, "client"), ("always", False, ""),
    ],
)  # fmt: skip
def test_nothing_is_kept_without_consent(tmp_path, consent, said, kept):
    found = kept_of(tmp_path, request(consent=said), consent=consent)
    assert [line["consent"] for line in found] == ([kept] if kept else [])
    assert bool(list((tmp_path / "s").glob("journal-*.jsonl"))) == bool(kept)
    written = b"".join(path.read_bytes() for path in (tmp_path / "s").iterdir())
    assert (b"Good day" in written) == bool(kept)


def test_personal_data_is_masked_wherever_it_stands(tmp_path):
    mail, phone = "jo.smith@mailbox.org", "+44 20 7946 0958"
    call = {"id": "c", "name": "write", "arguments": json.dumps({"to": mail})}
    upstream = Scripted(
        pp.Said(0, "Write to jo.smith@", reasoning=f"Call {phone}", tokens=1),
        pp.Said(0, "mailbox.org", calls=[call], tokens=1, end="stop"),
    )
    better = pp.Feedback("a1", better=f"Call {phone}.", user=mail)
    found = kept_of(
        tmp_path, request(f"I am {mail}", consent=True, user=mail), upstream=upstream, feedback=[better]
    )
    assert found[0]["masked"] == {"email": 3, "phone": 1} and found[1]["masked"] == {"phone": 1}
    assert mail not in json.dumps(found) and phone not in json.dumps(found)
    assert found[0]["answers"][0]["message"]["content"] == "Write to [EMAIL]"
    (other,) = kept_of(tmp_path / "other", request(f"I am {mail}", consent=True), mask=("phone",))
    assert mail in other["messages"][0]["content"]


def test_a_user_is_a_digest_that_stays_and_that_another_server_does_not_share(tmp_path):
    for folder in (tmp_path, tmp_path, tmp_path / "other"):
        kept_of(folder, request(**ASKED))
    here, there = lines(tmp_path / "s"), lines(tmp_path / "other" / "s")
    assert here[0]["user"] == here[1]["user"] != there[0]["user"]
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "s").iterdir()} == {0}


def test_what_broke_says_so(tmp_path):
    async def run():
        upstream = Scripted(*stretches("One ", "two ", "three."))
        async with served(tmp_path / "s", upstream, AnswerJournal()) as service:
            await ask(service, request(id="left", **ASKED), stretches=1)
            await ask(service, request(id="whole", **ASKED), stretches=3)  # it had ended
            upstream.fails, upstream.gate = RuntimeError("secret words"), asyncio.Event()
            upstream.gate.set()
            with pytest.raises(RuntimeError):
                await ask(service, request(id="unsaid", **ASKED))  # it fails before its first word
            upstream.fails = None
            failing = asyncio.create_task(ask(service, request(id="failed", **ASKED)))
            upstream.gate.clear()
            await settled(lambda: upstream.given == 5)
            upstream.fails = RuntimeError("secret words")
            upstream.gate.set()
            with pytest.raises(RuntimeError):
                await failing

    asyncio.run(run())
    found = {line["id"]: line for line in lines(tmp_path / "s")}
    assert {id: line.get("broken") for id, line in found.items()} == {
        "left": "left", "whole": None, "failed": "failed",
    }  # fmt: skip
    assert found["left"]["answers"][0] == {"message": {"role": "assistant", "content": "One "}, "tokens": 1}
    assert "secret" not in json.dumps(found)


def test_a_refusal_and_a_hit_of_the_cache_are_told(tmp_path):
    upstream = Scripted(pp.Said(0, "I cannot.", tokens=0, end="content_filter", refusal="harmful: weapons"))
    (line,) = kept_of(tmp_path, request(**ASKED), upstream=upstream)
    assert (
        line["answers"][0]["refusal"] == "harmful: weapons" and line["answers"][0]["end"] == "content_filter"
    )
    parts = [AnswerJournal(), AnswerCache()]
    fresh, again = kept_of(
        tmp_path / "o", request(id="1", **ASKED), request(id="2", **ASKED), middlewares=parts
    )
    assert (fresh.get("cached"), again["cached"]) == (None, True)


def test_feedback_is_taken_on_known_answers_alone_across_restarts(tmp_path):
    feedback = [pp.Feedback("a1", 1.0, index=1), pp.Feedback("a1", better="So.", user="ann")]
    kept_of(tmp_path, request(**ASKED), request(id="unasked"), feedback=feedback[:1])

    async def later():
        async with served(tmp_path / "s", Scripted(), AnswerJournal()) as service:
            assert await service.middlewares[0].heard(feedback[1])
            assert not await service.middlewares[0].heard(pp.Feedback("unasked", 1.0))
            assert not await service.middlewares[0].heard(pp.Feedback("a2", 1.0))
            (panel,) = service.middlewares[0].panels()
            assert ("better replies", 1) in panel.rows

    asyncio.run(later())
    answer, up, better = lines(tmp_path / "s")
    assert up == {"feedback": "a1", "index": 1, "at": up["at"], "rating": 1.0}
    assert (better["better"], better["user"]) == ("So.", answer["user"])
    assert len(list((tmp_path / "s").glob("journal-*.jsonl"))) == 1


def test_the_ids_of_the_latest_answers_are_known(tmp_path):
    for number in range(3):
        rows = [json.dumps({"id": f"{number}-{n}", "at": 1}, separators=(",", ":")) for n in range(4)]
        rows.insert(2, '{"feedback":"other","at":1}')
        (tmp_path / f"journal-2026-01-0{number + 1}-0001.jsonl").write_text("\n".join(rows) + "\n")
    known = KnownIds(6)
    known.read(tmp_path)
    assert [f"{a}-{b}" for a in range(3) for b in range(4) if f"{a}-{b}" in known] == [
        "1-2", "1-3", "2-0", "2-1", "2-2", "2-3",
    ]  # fmt: skip
    assert "other" not in known
    known.add("new")
    assert "new" in known and "1-2" not in known and "1-3" in known


def test_files_are_bounded_and_the_oldest_leaves_and_is_told(tmp_path):
    said = []
    files = JournalFiles(tmp_path, 1000, 3000, said.append)
    for number in range(100):
        files.append(b"%04d" % number + b"x" * 95 + b"\n")
    sizes = [path.stat().st_size for path in sorted(tmp_path.iterdir())]
    assert max(sizes) <= 1000 and sum(sizes) <= 3000 and len(sizes) == 3
    assert len(said) == 7 and said[0].startswith("journal: journal-") and "-0001.jsonl has left" in said[0]
    assert (sorted(tmp_path.iterdir())[-1]).read_bytes().startswith(b"0090")
    files.append(b"y" * 5000 + b"\n")  # a line that is longer than a file stands alone
    assert sorted(tmp_path.iterdir())[-1].stat().st_size == 5001
    files.close()


def test_two_servers_have_files_of_their_own_and_the_next_goes_on(tmp_path):
    def files():
        return JournalFiles(tmp_path, 1000, 9000, print)

    one, other = files(), files()
    for _ in range(3):
        one.append(b"one\n"), other.append(b"other\n")
    one.close(), other.close()
    third = files()
    third.append(b"third\n")
    third.close()
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [
        b"one\n" * 3,
        b"other\n" * 3 + b"third\n",
    ]


def test_a_kill_leaves_whole_lines_and_the_next_start_mends_the_last(tmp_path):
    child = os.fork()
    if not child:
        files = JournalFiles(tmp_path, 1 << 20, 1 << 24, print)
        while True:
            files.append(b'{"id":"' + b"x" * 5000 + b'"}\n')
    while not any(path.stat().st_size > 50_000 for path in tmp_path.iterdir()):
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    last = sorted(tmp_path.iterdir())[-1]
    with open(last, "ab") as file:
        file.write(b'{"id":"ha' + b"l" * 70_000)
    files = JournalFiles(tmp_path, 1 << 22, 1 << 24, print)
    files.append(b'{"id":"new"}\n')
    files.close()
    whole = last.read_bytes().splitlines()
    assert [json.loads(line)["id"] for line in whole][-1] == "new" and b"half" not in last.read_bytes()


def test_a_full_disk_costs_no_answer_and_leaves_whole_lines(tmp_path):
    async def run():
        words = stretches(*("word " * 100 for _ in range(20)))
        async with served(tmp_path / "s", Scripted(*words), AnswerJournal()) as service:
            with full_disk(25_000):
                for number in range(5):
                    assert len(text(await ask(service, request(id=f"a{number}", **ASKED)))) == 10_000
                await settled(lambda: counted(service, "journal", kind="lost") == 3)
            await ask(service, request(id="later", **ASKED))
            (panel,) = service.middlewares[0].panels()
            assert "has lost 3 lines" in panel.alert
            assert len(service.lines) == 1 and "File too large" in service.lines[0]

    asyncio.run(run())
    assert [line["id"] for line in lines(tmp_path / "s")] == ["a0", "a1", "later"]


def test_prompts_that_a_model_was_tuned_on_are_marked(tmp_path):
    def learned(model, most):
        assert model == "model"
        rows = [
            ("user", "How  much is\n2 and 2?"),
            ("assistant", "4"),
            ("user", "Sure?"),
            ("assistant", "Yes."),
        ]
        yield pp.Conversation(tuple(pp.Message(*row) for row in rows))
        yield pp.Conversation((pp.Message("user", "Add.", "1 and 1"), pp.Message("assistant", "2")))

    async def run():
        async with served(tmp_path / "s", Scripted(), journal := AnswerJournal()) as service:
            journal._service = replace(service)
            journal._service.learned = learned
            journal._writer.add(journal._learn)
            asked = {
                "first": [("system", "Be nice."), ("user", "how much is 2 and 2? ")],
                "second": [("user", "How much is 2 and 2?"), ("assistant", "4"), ("user", "Sure?")],
                "context": [("user", "Add.\n\n1 and 1")],
                "other": [("user", "Sure?")],
            }
            for id, rows in asked.items():
                messages = tuple(pp.Message(*row) for row in rows)
                await ask(service, request(id=id, messages=messages, **ASKED))

    asyncio.run(run())
    assert [line["id"] for line in lines(tmp_path / "s") if line.get("learned")] == [
        "first",
        "second",
        "context",
    ]


def test_bounds_that_cannot_be_kept_are_refused_with_the_recipe(project):
    recipe = (
        "loaders:\n  - files: {path: rows.jsonl}\nmiddlewares:\n  - journal: {megabytes: 64, keep: 100}\n"
    )
    here = project({"rows.jsonl": [{"instruction": "Hi", "output": "Ho"}], "recipe.yaml": recipe})
    here.run("check", "recipe.yaml").assert_failed(
        "recipe.yaml:4", "keep: 100 megabytes are less than two files"
    )
