"""The middleware in a service: what it finds, keeps, tells and costs."""

import asyncio

import pytest

import pitchpipe as pp
from pitchpipe.host.host import Host
from pitchpipe_components.middlewares.drift.component import Drift
from tests.components.middlewares.drift.served import DriftService, learned, serve, served
from tests.stages.serve.said import heard, request, words

WHOLE = learned()


def panel(service):
    (one,) = service.middlewares[0].panels()
    return one


def psi(service, feature):
    return service.metrics.total("drift_psi", model="m", feature=feature)


def test_nothing_is_said_where_nothing_changed(tmp_path):
    service = served(DriftService(tmp_path, Drift(), WHOLE), 1000)
    assert service.said == [] and panel(service).alert == ""
    assert service.metrics.total("drift_windows", model="m") == 2
    assert 0 < psi(service, "prompt_length") < 0.1 and 0 < psi(service, "topic") < 0.1
    assert len(panel(service).points) == 2


def test_longer_prompts_are_an_alert_once_a_window(tmp_path):
    service = served(DriftService(tmp_path, Drift(), WHOLE), 1000, longer=2)
    alerts = [line for line in service.said if line.startswith("drift ALERT: m: prompt length")]
    assert len(alerts) == 2 and "PSI" in alerts[0] and "before" in alerts[0]
    assert not [line for line in service.said if "language" in line or "topic" in line]
    assert psi(service, "prompt_length") > 0.25
    assert service.metrics.total("drift_alerts", model="m", feature="prompt_length") == 2
    assert "m drifts: prompt length" in panel(service).alert


def test_refusals_are_found(tmp_path):
    service = served(
        DriftService(tmp_path, Drift(), WHOLE), 500, answer="I'm sorry, but I can't help with that."
    )
    assert any(line.startswith("drift ALERT: m: refusals") for line in service.said)


def test_a_model_without_data_is_compared_with_its_first_window(tmp_path):
    service = served(DriftService(tmp_path, Drift()), 499)
    assert "the first one" in panel(service).note and panel(service).rows == []
    service = DriftService(tmp_path / "again", Drift())

    async def two():
        await service.middlewares[0].begin(service)
        await serve(service, 500)
        await serve(service, 500, seed=3)
        assert service.said == []
        await serve(service, 500, longer=2, end="length")

    asyncio.run(two())
    assert {line.split(":")[2].split()[0] for line in service.said} >= {"prompt", "how"}


def test_counts_outlive_the_server_and_texts_are_not_kept(tmp_path):
    served(DriftService(tmp_path, Drift(), WHOLE), 300, longer=2)
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert kept and b"cooks a soup" not in kept
    service = served(DriftService(tmp_path, Drift(), WHOLE), 200, longer=2, seed=5)
    assert any("prompt length" in line for line in service.said)
    again = served(DriftService(tmp_path, Drift(), WHOLE), 0)
    assert psi(again, "prompt_length") == psi(service, "prompt_length") and "m drifts" in panel(again).alert


def test_another_training_begins_anew(tmp_path):
    served(DriftService(tmp_path, Drift(), WHOLE), 300, longer=2)
    service = served(DriftService(tmp_path, Drift(), learned(400, seed=9)), 200, longer=2)
    assert panel(service).note.startswith("200 of 500")


@pytest.mark.parametrize("damage", ["{", '{"requests": "many"}', ""])
def test_a_damaged_file_is_begun_anew(tmp_path, damage):
    served(DriftService(tmp_path, Drift(), WHOLE[:100]), 20)
    for file in (tmp_path / "drift").iterdir():
        file.write_text(damage)
    assert panel(served(DriftService(tmp_path, Drift(), WHOLE[:100]), 20)).note.startswith("20 of 500")


def test_a_disk_that_is_full_costs_no_answer_and_is_told_once(tmp_path):
    service = DriftService(tmp_path, Drift(), WHOLE[:100])

    async def whole():
        await service.middlewares[0].begin(service)
        for file in (tmp_path / "drift").iterdir():
            file.unlink()
        (tmp_path / "drift").rmdir()  # as bad as full, also for root
        await serve(service, 60)

    asyncio.run(whole())
    assert len(service.said) == 1 and "cannot be kept" in service.said[0]
    assert service.metrics.total("answers", end="stop") == 60


def test_who_leaves_and_what_fails_is_not_counted(tmp_path):
    service = DriftService(tmp_path, Drift(), WHOLE[:100])

    async def whole():
        await service.middlewares[0].begin(service)
        service.upstreams["m"].said = words("a", "b", "c")
        answering = service.answer(service.read(request("hello")))
        await anext(answering)
        await answering.aclose()
        assert service.upstreams["m"].closed == 1
        assert panel(service).note.startswith("0 of 500")
        answering = service.answer(service.read(request("hello")))
        for _ in range(3):
            last = await anext(answering)
        assert last.end == "stop"
        await answering.aclose()  # the end was heard, though nobody asked for more
        assert panel(service).note.startswith("1 of 500")

    asyncio.run(whole())


def test_the_stretches_are_passed_on_as_they_are(tmp_path):
    two = [*words("a", "b"), *words("x", index=1)]
    service = DriftService(tmp_path, Drift(), WHOLE[:100])
    service.upstreams["m"].said = two

    async def whole():
        await service.middlewares[0].begin(service)
        return await heard(service.answer(service.read(request("hello"))))

    assert asyncio.run(whole()) == two
    assert panel(service).note.startswith("1 of 500")  # one request, whatever the number of its answers


def test_texts_to_go_on_with_and_ids_alone_count_as_far_as_they_are_known(tmp_path):
    service = DriftService(tmp_path, Drift(), WHOLE[:100])
    service.upstreams["m"].said = words("fine")

    async def whole():
        await service.middlewares[0].begin(service)
        for more in ({"text": "Once upon a time there was"}, {"tokens": (1, 2, 3)}):
            nothing = pp.Conversation(())
            await heard(service.answer(service.read(request(conversation=nothing, **more))))

    asyncio.run(whole())
    counts = service.middlewares[0]._watched["m"].window.counts
    assert sum(counts["prompt_length"]) == 1 and sum(counts["answer_length"]) == 2


def test_a_window_that_is_too_small_is_refused_with_words():
    with pytest.raises(ValueError, match="a third of all windows"):
        Drift(window=100)
    with pytest.raises(ValueError, match="below"):
        Drift(alert=0.05)


def test_a_recipe_knows_it():
    assert "drift" in {one.name for one in Host.from_environment().all("middleware")}
