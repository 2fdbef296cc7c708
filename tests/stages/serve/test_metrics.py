import asyncio
from threading import Thread

import pytest
from prometheus_client import Counter
from prometheus_client.parser import text_string_to_metric_families

from pitchpipe_stages.serve.metrics import Metrics
from pitchpipe_stages.serve.service import ServingService
from tests.stages.serve.said import Saying, heard, request, words


def families(metrics):
    return {one.name: one for one in text_string_to_metric_families(metrics.text().decode())}


def samples(metrics):
    found = (one for family in families(metrics).values() for one in family.samples)
    return {(one.name, *sorted(one.labels.values())): one.value for one in found}


def served(tmp_path, *said, **more):
    return ServingService({"m": Saying(*said)}, tmp_path, **more)


def test_prometheus_own_parser_reads_what_is_counted_seen_and_observed():
    metrics = Metrics()
    metrics.count("asked", "What is asked.", by=2, model="a")
    metrics.count("asked", "What is asked.", model='b"\n\\')
    metrics.gauge("rows", "Rows.", 3)
    metrics.gauge("rows", "Rows.", 2)
    metrics.observe("wait_seconds", "A wait.", 0.3)
    metrics.observe("prompt_tokens", "A prompt.", 300)
    found = families(metrics)
    assert {one.labels["model"]: one.value for one in found["pitchpipe_asked"].samples
            if one.name.endswith("_total")} == {"a": 2, 'b"\n\\': 1}  # fmt: skip
    assert found["pitchpipe_rows"].samples[0].value == 2
    assert found["pitchpipe_wait_seconds"].type == "histogram"
    bounds = {one.labels["le"]: one.value for one in found["pitchpipe_prompt_tokens"].samples if one.labels}
    assert (bounds["256.0"], bounds["512.0"], bounds["+Inf"]) == (0, 1, 1)
    assert found["process_resident_memory_bytes"].samples[0].value > 1e6
    assert found["process_open_fds"].samples[0].value > 2


def test_many_threads_make_one_metric():
    metrics = Metrics()

    def count():
        for number in range(200):
            metrics.count("turns", "Turns.", model=str(number % 10))

    threads = [Thread(target=count) for _ in range(8)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert metrics.total("turns") == 1600 and metrics.total("turns", model="3") == 160


def test_a_gauge_that_is_watched_is_read_when_it_is_asked_for():
    metrics, rows = Metrics(), []
    metrics.watch("live", "Live rows.", lambda: len(rows))
    metrics.watch_total("steps", "Steps.", lambda: 7 * len(rows), engine="0")
    rows.append(1)
    assert samples(metrics)[("pitchpipe_live",)] == 1
    assert samples(metrics)[("pitchpipe_steps_total", "0")] == 7 and metrics.total("steps", engine="0") == 7
    assert families(metrics)["pitchpipe_steps"].type == "counter"


def test_a_line_is_kept_by_whoever_changes_it_often():
    metrics = Metrics()
    assert metrics.line(Counter, "a", "A.", m="x") is metrics.line(Counter, "a", "A.", m="x")
    assert metrics.line(Counter, "a", "A.", m="y") is not metrics.line(Counter, "a", "A.", m="x")


def test_all_lines_of_a_model_are_there_before_its_first_request(tmp_path):
    found = samples(served(tmp_path).metrics)
    assert found[("pitchpipe_first_token_seconds_count", "m")] == 0
    assert found[("pitchpipe_tokens_written_total", "m")] == 0


def test_an_answer_is_measured(tmp_path):
    two = [*words("a", "b", "c"), *words("x", "y", end="length", index=1)]
    service = served(tmp_path, *two)
    asked = service.read(request())
    asked = type(asked)(**{**vars(asked), "wish": type(asked.wish)(count=2)})
    assert asyncio.run(heard(service.answer(asked))) == two
    found = samples(service.metrics)
    assert found[("pitchpipe_tokens_read_total", "m")] == 7
    assert found[("pitchpipe_tokens_written_total", "m")] == 5
    assert found[("pitchpipe_first_token_seconds_count", "m")] == 1  # of a request, not of each answer
    assert found[("pitchpipe_next_token_seconds_count", "m")] == 3
    assert found[("pitchpipe_answer_seconds_count", "m")] == 1
    assert found[("pitchpipe_answers_total", "m", "stop")] == 1
    assert found[("pitchpipe_answers_total", "length", "m")] == 1
    assert found[("pitchpipe_answers_cut_total", "m")] == 1
    assert found[("pitchpipe_answer_tokens_sum", "m")] == 5


def test_who_stops_listening_stops_the_answer(tmp_path):
    service = served(tmp_path, *words("a", "b", "c"))

    async def first():
        answering = service.answer(service.read(request()))
        async for _ in answering:
            break
        await answering.aclose()

    asyncio.run(first())
    assert service.upstreams["m"].closed == 1
    found = samples(service.metrics)
    assert found[("pitchpipe_tokens_written_total", "m")] == 1
    assert found[("pitchpipe_answer_seconds_count", "m")] == 0


def test_a_label_of_another_name_is_a_mistake():
    metrics = Metrics()
    metrics.count("asked", "What is asked.", model="a")
    with pytest.raises(ValueError):
        metrics.count("asked", "What is asked.", other="a")
