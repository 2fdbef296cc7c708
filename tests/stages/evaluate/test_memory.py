"""What a model was asked is kept: nothing is generated twice, also through kills."""

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Sampling
from pitchpipe_stages.evaluate.answerer import Terms
from pitchpipe_stages.evaluate.memory import AskedBefore, GivenAnswer, Memory, key_of
from tests.forked import forked

RECIPE = """\
model: tiny
template: alpaca_short
loaders:
  - files: {path: rows.jsonl, side: test}
evaluators:
  - exact_match: {batch_size: 4, max_new_tokens: 6}
  - exact_match: {batch_size: 4, max_new_tokens: 4, limit: 10}
"""
# Counts what is really generated, in a file that outlives a kill.
COUNTED = """
import pitchpipe_stages.generate.asking as asking
written = asking.written
def counted(model, prompts, *more):
    with open("generated", "a") as file:
        file.write("".join(f"{len(ids)}\\n" for ids in prompts))
    return written(model, prompts, *more)
asking.written = counted
"""
KILL = "\nfrom tests.forked import die\ndie('pitchpipe_stages.evaluate.memory:AskedBefore.add', 3, {done})\n"


@pytest.fixture(scope="module")
def quick():
    with forked() as one:
        yield one


@pytest.mark.slow
@pytest.mark.parametrize("done", [False, True])
def test_a_kill_loses_no_more_than_the_batch_at_hand(project, quick, done):
    rows = [{"instruction": f"Say {n}" + " more" * (n % 7), "output": str(n)} for n in range(18)]
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
    assert quick.start(here.folder, "run", "recipe.yaml", "--name", "calm").wait() == 0
    rough = "run", "recipe.yaml", "--name", "rough"
    killed = quick.start(here.folder, *rough, before=COUNTED + KILL.format(done=done))
    assert killed.wait() == -9
    again = quick.start(here.folder, *rough, before=COUNTED)
    assert again.wait() == 0, again.said
    assert len(here.read("generated").splitlines()) == 18 + (0 if done else 4)
    for file in ("scores.json", "answers-base.jsonl", "measured-base.jsonl", "evaluating/base/answers.jsonl"):
        assert here.read(f"runs/rough/{file}") == here.read(f"runs/calm/{file}")


@pytest.mark.slow
def test_another_evaluator_asks_only_what_is_new_and_another_template_all(project, quick):
    rows = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(9)]
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})

    def generated(recipe):
        here.write({"recipe.yaml": recipe, "generated": ""})
        run = quick.start(here.folder, "run", "recipe.yaml", before=COUNTED)
        assert run.wait() == 0, run.said
        return len(here.read("generated").splitlines())

    assert generated(RECIPE) == 9
    assert generated(RECIPE + "  - exact_match: {max_new_tokens: 5}\n") == 0
    assert generated(RECIPE.replace("alpaca_short", "chatml")) == 9


def test_a_longer_answer_serves_a_shorter_limit_and_a_whole_one_any():
    cut, whole = GivenAnswer([1, 2, 3, 4], False, 4), GivenAnswer([1, 2, 0], True, 4)
    assert cut.within(2) == GivenAnswer([1, 2], False, 2) and cut.within(4) == cut and cut.within(5) is None
    assert whole.within(99) == whole and whole.within(3) == whole
    assert whole.within(2) == GivenAnswer([1, 2], False, 2)


def test_a_torn_line_is_as_if_it_were_not_there(tmp_path):
    file = tmp_path / "answers.jsonl"
    known = AskedBefore(file, GivenAnswer)
    known.add({"a": GivenAnswer([1], True, 9), "b": GivenAnswer([2], True, 9)})
    file.write_bytes(file.read_bytes()[:-3])
    again = AskedBefore(file, GivenAnswer)
    assert again.get("a") == GivenAnswer([1], True, 9) and again.get("b") is None
    again.add({"b": GivenAnswer([3], False, 2)})
    assert AskedBefore(file, GivenAnswer).get("b") == GivenAnswer([3], False, 2)


def test_records_of_another_model_are_removed(tmp_path):
    folder = tmp_path / "evaluating/base"
    Memory(folder, {"model": "a"}).answers.add({"a": GivenAnswer([1], True, 9)})
    assert Memory(folder, {"model": "a"}).answers.get("a") and Memory(folder).answers.get("a")
    assert Memory(folder, {"model": "b"}).answers.get("a") is None


def test_what_is_asked_has_names_of_its_own():
    import pitchpipe as pp

    prompts = [pp.Prompt("1", [1, 2], "", ""), pp.Prompt("2", [1, 2], "", "")]
    assert len(set(Terms(5).keys(prompts))) == 1
    drawn = Terms(5, how=Sampling(temperature=1.0)).keys(prompts)
    assert len({*drawn, *Terms(5).keys(prompts), *Terms(5, ["."]).keys(prompts)}) == 4
    assert key_of([1, 2], [3]) != key_of([1], [2, 3])


def test_likelihoods_are_asked_once(tmp_path, monkeypatch):
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.evaluate.likely import likelihoods_of
    from tests.families import small

    model, read = small("llama").eval(), []
    forward = model.forward

    def counted(**given):
        read.append(given)
        return forward(**given)

    monkeypatch.setattr(model, "forward", counted)
    asked = [([5, 6, 7], [8, 9]), ([5, 6, 7], [10]), ([11], [12, 13])]

    def found(pairs):
        memory = Memory(tmp_path / "base", {"model": "a"})
        return likelihoods_of(model, memory.likelihoods, pairs, "tried", 4, RichConsole(quiet=True))

    first = found(asked[:2])
    before = len(read)
    assert found(asked[1::-1]) == first[::-1] and len(read) == before
    assert found(asked)[:2] == first and len(read) > before
    with pytest.raises(PitchpipeError, match="a text of 300 tokens"):
        found([([1], [2] * 300)])
