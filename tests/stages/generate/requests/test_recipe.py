"""Teachers in a recipe: what `check` refuses, and evaluators that ask in a run."""

import json
import sqlite3

import pytest

from tests.asked_teachers import VARIABLE
from tests.bad_server import KEY, bad_server, echo

ASKS = """
import pitchpipe as pp

@pp.hookimpl
def register_evaluators(register):
    register("asks", asks)
    register("needs", needs)

def asks(subject, *, teacher: str, count: int = 3, words: str = "Is this right?"):
    prompts = subject.prompts(count)
    asks = [pp.Ask([{"role": "user", "content": f"{words} {prompt.words}"}], max_tokens=8) for prompt in prompts]
    replies = subject.ask(teacher, asks, "asks")
    return {"answered": pp.Measured.shares({p.id: r.end in ("stop", "cut") for p, r in zip(prompts, replies)})}

def needs(subject, *, teacher: str):
    return {}

needs.needs_teacher = ("logprobs",)

@pp.hookimpl
def register_teachers(register):
    register("parrot", Parrot)

class Parrot:
    can = frozenset()

    def __init__(self, *, model: str = "parrot"):
        self.model = model

    async def __call__(self, ask):
        with open("asked.txt", "a") as file:
            file.write(ask.messages[-1]["content"] + "\\n")
        return pp.Reply(ask.messages[-1]["content"], "stop", self.model)
"""
ROWS = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(12)]
RECIPE = """\
model: tiny
template: alpaca_short
loaders:
  - files: {path: rows.jsonl, side: test}
"""


@pytest.fixture
def here(project):
    return project({"pitchpipe_local.py": ASKS, "rows.jsonl": ROWS}, **{VARIABLE: KEY})


def recipe(here, more):
    here.write({"recipe.yaml": RECIPE + more})
    return here


@pytest.mark.parametrize(("teachers", "evaluator", "said"), [
    ("{}", "asks: {teacher: judge}", "recipe.yaml:7: evaluators.1.asks.teacher: the recipe has no teachers: add teachers: {judge: "),
    ("{judge: parrot}", "asks: {teacher: jugde}", "recipe.yaml:7: evaluators.1.asks.teacher: no teacher 'jugde'. Did you mean 'judge'?"),
    ("{judge: parrot}", "needs: {teacher: judge}", "this needs a teacher that can logprobs, and parrot cannot"),
    ("{judge: {openai: {model: x}}}", "asks: {teacher: judge}", "recipe.yaml:5: teachers.judge.openai: teacher 'openai' needs the option 'url'"),
    ("[judge]", "asks: {teacher: judge}", "teachers: expected names, `{name: teacher}`, got ['judge']"),
    ("{judge: {openai: {url: localhost, model: x}}}", "exact_match", "url: expected http://... or https://..., up to /v1"),
    ("{judge: {openai: {url: 'http://me:pw@h/v1', model: x}}}", "exact_match", "url: expected no name, password or query"),
    ("{judge: {openai: {url: 'http://h/v1', model: x, body: {stream: true}}}}", "exact_match", "body: stream cannot be set here"),
    ("{judge: {openai: {url: 'http://h/v1', model: x, dollars_per_million: {inptu: 1}}}}", "exact_match", "no price 'inptu'. Did you mean 'input'?"),
    ("{judge: {model: {folder: a, name: b}}}", "exact_match", "give folder or name, not both"),
    ("{judge: parrot}\nbudget: {dollars: 1}", "asks: {teacher: judge}", "a budget in dollars needs its price: add dollars_per_million"),
    ("{judge: parrot}\nbudget: {dollars: -1}", "asks: {teacher: judge}", "recipe.yaml:6: budget.dollars: expected a number"),
    ("\nbudget: {requests: 1}", "exact_match", "budget: this needs a section 'teachers' too"),
])  # fmt: skip
def test_a_mistake_is_told_with_its_line(here, teachers, evaluator, said):
    recipe(here, f"teachers: {teachers}\nevaluators:\n  - {evaluator}\n").run(
        "check", "recipe.yaml"
    ).assert_failed(said)


@pytest.mark.parametrize("key", [
    "sk-abcdefghijklmnop1234", "sk_live_51Habcdefghij", "hf_AbCdEf0123456789abcd", "AKIAIOSFODNN7EXAMPLE", "Bearer x",
])  # fmt: skip
def test_a_key_in_a_recipe_is_refused_and_not_repeated(here, key):
    more = f"teachers:\n  judge:\n    openai:\n      url: http://h/v1\n      model: x\n      key: {key}\nevaluators: [exact_match]\n"
    outcome = recipe(here, more).run("check", "recipe.yaml")
    outcome.assert_failed("key: expected the name of a variable of the environment, as OPENAI_API_KEY")
    assert key not in outcome.out + outcome.err


@pytest.mark.parametrize("options", [
    "url: 'http://h/v1/sk-abcdefghijklmnop1234', model: x", "url: 'http://h/v1', model: x, body: {token: Bearer abcdefghijklmnop1234}",
])  # fmt: skip
def test_a_key_elsewhere_in_a_teacher_is_refused_and_not_repeated(here, options):
    more = f"teachers:\n  judge:\n    openai: {{{options}}}\nevaluators: [exact_match]\n"
    outcome = recipe(here, more).run("check", "recipe.yaml")
    outcome.assert_failed("this holds what looks like a key")
    assert "abcdefghijklmnop1234" not in outcome.out + outcome.err


def test_a_variable_that_is_not_set_is_told_by_check(here):
    more = "teachers: {judge: {openai: {url: 'http://h/v1', model: x, key: NOT_SET_ANYWHERE}}}\nevaluators:\n  - asks: {teacher: judge}\n"
    outcome = recipe(here, more).run("check", "recipe.yaml").assert_success()
    assert "the variable NOT_SET_ANYWHERE is not set here" in outcome.out + outcome.err


@pytest.mark.slow(seconds=4)
def test_a_teacher_of_three_lines_is_asked_once_for_each_question(here):
    recipe(here, "teachers: {judge: parrot}\nevaluators:\n  - asks: {teacher: judge, words: one}\n")
    said = here.run("run", "recipe.yaml").assert_success().out
    assert "teacher judge: 3 answered; 3 requests" in said
    assert here.json("runs/recipe/scores.json")["base"]["answered"]["value"] == 1
    assert here.json("runs/recipe/run.json")["asked"]["judge"]["ends"] == {"stop": 3}
    assert "already done" in here.run("run", "recipe.yaml").out
    recipe(here, "teachers: {judge: parrot}\nevaluators:\n  - asks: {teacher: judge, words: one, count: 5}\n")
    assert (
        "5 answered (3 of them from the record); 5 requests"
        in here.run("run", "recipe.yaml").assert_success().out
    )
    assert len(here.read("asked.txt").splitlines()) == 5


@pytest.mark.slow(seconds=4)
def test_a_run_asks_a_server_and_says_what_it_cost(here):
    with bad_server() as server:
        teachers = f"""\
teachers:
  judge:
    openai: {{url: "{server.url}", model: tutor, key: {VARIABLE}, dollars_per_million: {{input: 1, output: 2}}}}
evaluators:
  - asks: {{teacher: judge}}
"""
        said = (
            recipe(here, teachers + "budget: {requests: 2}\n").run("run", "recipe.yaml").assert_success().out
        )
        assert (
            "teacher judge: 2 answered, 1 unsent, since the budget is spent; 2 requests and 30 tokens in all, $4e-05"
            in said
        )
        assert "1 questions were not sent: the budget is 2 requests" in said
        said = (
            recipe(here, teachers + "budget: {requests: 9}\n").run("run", "recipe.yaml").assert_success().out
        )
        assert "evaluate base: again, because of budget" in said
        assert "3 answered (2 of them from the record); 3 requests" in said
        assert len(server.asked) == 3
    everything = b"".join(file.read_bytes() for file in here.folder.rglob("*") if file.is_file())
    assert KEY.encode() not in everything


@pytest.mark.slow(seconds=4)
def test_a_record_answers_without_a_server_and_names_what_it_does_not_hold(here):
    with bad_server() as server:
        options = f'{{url: "{server.url}", model: tutor, key: {VARIABLE}}}'
        asks = "evaluators:\n  - asks: {teacher: judge}\n"
        recipe(here, f"teachers: {{judge: {{openai: {options}}}}}\n{asks}").run(
            "run", "recipe.yaml"
        ).assert_success()
    scores = here.json("runs/recipe/scores.json")
    (here.folder / "runs/recipe/asks.sqlite").rename(here.folder / "kept.sqlite")
    recorded = "teachers: {judge: {recorded: {path: kept.sqlite}}}\n"
    recipe(here, recorded + asks).run("run", "recipe.yaml", "--name", "again").assert_success()
    assert here.json("runs/again/scores.json") == scores
    other = "evaluators:\n  - asks: {teacher: judge, words: Or not}\n"
    recipe(here, recorded + other).run("run", "recipe.yaml", "--name", "other").assert_failed(
        "kept.sqlite has no reply to a question, and was asked: 'Or not Say"
    )
    with sqlite3.connect(here.folder / "kept.sqlite") as database:
        assert database.execute("select count(*) from ask").fetchone() == (3,)


@pytest.mark.slow(seconds=4)
def test_lines_of_json_answer_too(here):
    lines = [
        {
            "request": {"messages": [{"role": "user", "content": f"Is this right? Say {n}."}]},
            "reply": echo({"messages": n}),
        }
        for n in range(12)
    ]
    here.write({"replies.jsonl": lines})
    recipe(
        here,
        "teachers: {judge: {recorded: {path: replies.jsonl}}}\nevaluators:\n  - asks: {teacher: judge}\n",
    )
    assert "3 answered" in here.run("run", "recipe.yaml").assert_success().out
    here.write({"replies.jsonl": json.dumps({"request": {}})})
    here.run("run", "recipe.yaml").assert_failed(
        'replies.jsonl:1: expected {"request": {"messages": [...]}, "reply": ...}'
    )


@pytest.mark.slow(seconds=4)
def test_the_recipes_own_base_is_a_teacher(here):
    recipe(here, "teachers: {judge: {model: {batch_size: 2}}}\nevaluators:\n  - asks: {teacher: judge}\n")
    said = here.run("run", "recipe.yaml").assert_success().out
    assert "teacher judge: 3 cut at max_tokens; 3 requests" in said or "3 answered" in said
