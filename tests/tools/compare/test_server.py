"""What the server takes and refuses: votes count once, and models, keys and foreign pages stay apart."""

import json
import socket
import struct
import threading

import pytest

from pitchpipe_tools.compare.ballot_box import BallotBox
from tests.tools.compare.made import SCRIPT, Client, answer, run_of, served, some_run, talk


@pytest.fixture
def run(tmp_path):
    return some_run(tmp_path / "secret-run-name")


@pytest.fixture
def site(run):
    with served(run) as (server, box, duels):
        yield Client(server.server_address[1]), box, duels, server


def test_votes_are_on_disk_before_the_next_pair_is_shown(site, run):
    client, _, duels, _ = site
    page = client.join("Ana").next()
    assert page["done"] == 0 and page["total"] == 22  # 20, and a tenth again
    status, after, _ = client.vote(page, "left2")
    assert status == 200 and after["done"] == 1 and after["task"]["key"] != page["task"]["key"]
    (vote,) = BallotBox(run / "votes.sqlite").votes()  # as another process sees it
    duel = duels[vote.duel]
    left = page["task"]["replies"][0]["text"]
    assert getattr(duel, vote.verdict).said == left and vote.strength == 2


def test_a_vote_sent_twice_counts_once_and_one_from_an_old_screen_not_at_all(site):
    client, box, _, _ = site
    page = client.join().next()
    assert client.vote(page, "left1", "a")[0] == 200
    status, after, _ = client.vote(
        page, "left1", "a"
    )  # a double click, or sent again after a broken connection
    assert status == 200 and after["done"] == 1
    status, refused, _ = client.vote(page, "right2", "another tab")
    assert status == 409 and "before" in refused["error"]
    assert [vote.strength for vote in box.votes()] == [1]


def test_undo_shows_the_votes_before_and_changes_them(site):
    client, box, _, _ = site
    first = client.join().next()
    ratings = {"left": {"safety": 5}, "right": {"safety": 1, "accuracy": 2}}
    second = client.vote(first, "left2", "1", notes="because", **ratings)[1]
    third = client.vote(second, "tie", "2")[1]
    back = client.ask("/api/back", {"task": third["task"]["key"]})[1]
    assert back["task"]["key"] == second["task"]["key"] and back["task"]["vote"]["choice"] == "tie"
    back = client.ask("/api/back", {"task": back["task"]["key"]})[1]
    earlier = back["task"]["vote"]
    assert earlier | ratings | {"choice": "left2", "notes": "because"} == earlier
    assert client.ask("/api/back", {"task": back["task"]["key"]})[1]["task"]["key"] == first["task"]["key"]
    after = client.vote(back, "both_bad", "3", replaces=earlier["number"])[1]
    assert after["task"]["key"] == third["task"]["key"] and after["done"] == 2
    assert [vote.verdict for vote in box.votes()] == ["both_bad", "tie"]


def test_sides_differ_between_raters_and_are_swapped_where_a_pair_comes_again(site):
    client, box, _, _ = site
    lefts = []
    for name in "abc":
        page = client.join(name).next()
        while page["task"]:
            page = client.vote(page, "left1")[1]
        votes = [vote for vote in box.votes() if vote.rater == len(lefts) + 1]
        lefts.append({vote.duel: vote.left for vote in votes if not vote.again})
        again = [vote for vote in votes if vote.again]
        assert len(votes) == 22 and len(again) == 2
        for vote in again:
            first = next(one for one in votes if one.duel == vote.duel and not one.again)
            assert vote.left != first.left and vote.number - first.number > 10
    assert lefts[0] != lefts[1] != lefts[2]
    assert all(5 <= list(one.values()).count("first") <= 15 for one in lefts)


def test_all_raters_begin_with_pairs_that_others_rate_too(site):
    client, box, _, _ = site
    for _ in range(3):
        page = client.join().next()
        for _ in range(9):
            page = client.vote(page, "tie")[1]
    rated = [{vote.duel for vote in box.votes(rater) if not vote.again} for rater in (1, 2, 3)]
    assert len(rated[0] & rated[1] & rated[2]) >= 3


def test_no_answer_names_a_model_or_a_run(site):
    client, _, _, _ = site
    page = client.join().next()
    said = [json.dumps(page), client.ask("/", method="GET")[1]]
    said += [json.dumps(client.vote(page, "left1")[1]), json.dumps(client.ask("/api/back")[1])]
    for text in said:
        assert "secret-run-name" not in text and '"base"' not in text and "tuned" not in text
        assert '"first"' not in text and '"second"' not in text and "again" not in json.dumps(page)


def test_many_raters_at_once_lose_no_vote(site):
    client, box, _, _ = site

    def rate(number):
        one = Client(client.port).join(str(number))
        page = one.next()
        while page["task"]:
            for _ in range(2):
                status, after, _ = one.vote(page, "right1")
                assert status == 200
            page = after

    raters = [threading.Thread(target=rate, args=(number,)) for number in range(6)]
    for rater in raters:
        rater.start()
    for rater in raters:
        rater.join()
    votes = box.votes()
    assert len(votes) == 6 * 22 == len({(vote.rater, vote.duel, vote.again) for vote in votes})


def test_a_rater_goes_on_after_the_server_was_stopped(run):
    with served(run) as (server, _, _):
        client = Client(server.server_address[1]).join()
        after = client.vote(client.next(), "left1")[1]
    with served(run) as (server, _, _):
        client.port = server.server_address[1]
        assert client.next() == after | {"more": ""}


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/api/vote", {"task": "?", "choice": "tie", "attempt": "1"}, 400, "no longer in the comparison"),
        ("/api/vote", {"choice": "tie"}, 400, "not understood"),
        ("/api/vote", b"{", 400, "not understood"),
        ("/api/nothing", {}, 400, "nothing here"),
        ("/api/join", {"name": 3}, 400, "not understood"),
        ("/api/join", b" " * 200_000, 400, "of at most"),
    ],
)
def test_what_is_not_in_order_is_refused_in_words(site, path, body, status, words):
    client = site[0].join()
    assert client.ask(path, body)[0] == status
    assert words in client.ask(path, body)[1]["error"]


@pytest.mark.parametrize(
    "more", [{"choice": "left3"}, {"left": {"beauty": 3}}, {"right": {"safety": 6}}, {"notes": "x" * 10_001}]
)
def test_a_vote_that_is_none_is_not_kept(site, more):
    client, box, _, _ = site
    page = client.join().next()
    body = {"task": page["task"]["key"], "choice": "tie", "attempt": "1"} | more
    assert client.ask("/api/vote", body)[0] == 400 and not box.votes()


def test_a_browser_that_goes_away_leaves_no_trace_in_the_terminal(site, capfd):
    client = site[0].join()
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", client.port)) as gone:
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            gone.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\n\r\n".encode() * 50)
    assert client.next()["task"]
    assert "Traceback" not in capfd.readouterr().err


def test_a_full_disk_is_told_to_the_rater(site):
    client, box, _, _ = site
    page = client.join().next()
    box._base.execute("pragma max_page_count = 1")
    status, said, _ = client.vote(page, "tie", notes="x" * 10_000)
    assert status == 507 and "full" in said["error"] and not box.votes()
    box._base.execute("pragma max_page_count = 100000")
    assert client.vote(page, "tie")[0] == 200 and len(box.votes()) == 1


def test_back_from_nowhere_is_where_one_was(site):
    client = site[0].join()
    first = client.next()
    assert client.ask("/api/back", {"task": "made up"})[1] == first
    assert client.ask("/api/back")[1] == first


def test_an_unknown_rater_is_told_to_ask_for_a_link(site):
    client = site[0]
    client.rater = "made up"
    status, said, _ = client.ask("/api/next")
    assert status == 400 and "link" in said["error"]


def test_foreign_pages_are_refused(site):
    """DNS rebinding, and requests that another site lets a browser send."""
    client = site[0].join()
    assert client.ask("/api/next", headers={"Host": f"evil.example:{client.port}"})[0] == 403
    assert client.ask("/", headers={"Host": "evil.example"}, method="GET")[0] == 403
    assert client.ask("/api/next", headers={"Origin": "https://evil.example"})[0] == 403
    assert client.ask("/api/next", headers={"Origin": "null"})[0] == 403
    assert client.ask("/api/next", headers={"Origin": f"http://127.0.0.1:{client.port}"})[0] == 200
    assert client.ask("/api/next", headers={"Host": f"localhost:{client.port}"})[0] == 200
    assert client.ask("/api/next", headers={"Content-Type": "text/plain"})[0] == 400
    assert client.ask("/api/next", headers={"Content-Type": None})[0] == 400


def test_the_page_lets_no_other_script_run_and_fetches_nothing(site):
    status, page, headers = site[0].ask("/", method="GET")
    assert status == 200 and "src=" not in page and "http:" not in page and "https:" not in page
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer" and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Server"] == "pitchpipe"


def test_only_who_has_its_link_sees_the_results(site):
    client, box, _, _ = site
    client.join("Ana <b>")
    client.vote(client.next(), "left2")
    assert client.ask("/results", method="GET")[0] == 403
    assert client.ask("/results?key=guessed", method="GET")[0] == 403
    status, page, _ = client.ask(f"/results?key={box.secret('owner')}", method="GET")
    assert status == 200 and "tuned against base" in page and "1 vote of 1 rater" in page


def test_without_loopback_nobody_gets_in_without_the_token(run):
    with served(run, host="0.0.0.0") as (server, box, _):
        port, token = server.server_address[1], box.secret("token")
        client = Client(port)
        assert client.ask("/", method="GET")[0] == 403
        assert client.ask("/?token=guessed", method="GET")[0] == 403
        assert client.ask(f"/?token={token}", method="GET")[0] == 200
        assert client.ask("/api/join")[0] == 403
        client.token = token
        assert client.join().next()["task"]
        client.token = ""
        assert client.ask("/api/next")[0] == 403
    with served(run, host="0.0.0.0", file=run / "votes.sqlite") as (_, box, _):
        assert box.secret("token") == token  # links live on


def test_a_taken_port_is_not_fought_for(run):
    with served(run) as (first, _, _), served(run, port=first.server_address[1]) as (second, _, _):
        assert first.server_address[1] < second.server_address[1] < first.server_address[1] + 20


def test_the_whole_conversation_is_shown_and_a_question_of_an_evaluator_too(tmp_path):
    one = talk("a", "And now?", system="Be brief.")
    one["messages"][1:1] = [
        {"role": "user", "content": "Hi", "context": "a letter"},
        {"role": "assistant", "content": SCRIPT},
    ]
    run = run_of(tmp_path / "run", [one], base={"a": "x", "own": "x"}, tuned={"a": "y", "own": "y"})
    with served(run) as (server, _, _):
        client = Client(server.server_address[1]).join()
        pages = [client.next()]
        pages.append(client.vote(pages[0], "tie")[1])
        shown = {tuple((line["who"], line["text"]) for line in page["task"]["lines"]) for page in pages}
    assert (
        ("system", "Be brief."),
        ("user", "Hi"),
        ("context", "a letter"),
        ("assistant", SCRIPT),
        ("user", "And now?"),
    ) in shown
    assert (("user", "own"),) in shown


def test_a_reply_that_was_cut_says_so(tmp_path):
    run = run_of(tmp_path / "run", [talk("a", "Q")], base={"a": "x"})
    (run / "answers-tuned.jsonl").write_text(json.dumps(answer("a", "Q", "long", ended=False)) + "\n")
    with served(run) as (server, _, _):
        replies = Client(server.server_address[1]).join().next()["task"]["replies"]
    assert sorted((one["text"], one["cut"]) for one in replies) == [("long", True), ("x", False)]
