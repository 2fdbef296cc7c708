"""What is left to ask: counted on the record, measured by it, stated by a generator, or not known."""

import re

import pytest

from tests.bad_server import bad_server

PLUGIN = """
import pitchpipe as pp

class Inventing:
    \"\"\"Invent words; every other one is new.\"\"\"

    def __init__(self, *, words: int = 40):
        self.wanted = words

    async def draft(self, pool, ask):
        reply = await ask(f"Invent {ask.random.random()}", max_tokens=50)
        yield pp.made(reply.text)

    def admission(self, seeds):
        return lambda made: pp.drop("odd") if int(made.conversation.messages[0].content[-1], 16) % 2 else None

    async def __call__(self, source, ask):
        reply = await ask("Explain " + source.messages[0].content, max_tokens=50)
        yield pp.made(source.messages[0].content, reply.text)
        yield pp.made("What is " + reply.text)

class Stating(Inventing):
    \"\"\"Invent words, and say what that takes.\"\"\"

    def expects(self):
        return {"draft": {"questions": 1, "written": 5, "made": 0.5},
                "source": {"questions": 1, "written": 5, "made": 2, "rows": 1}}

async def twice(source, ask):
    \"\"\"Ask twice.\"\"\"
    first = await ask("First: " + source.messages[0].content, max_tokens=50)
    second = await ask("Second: " + first.text, max_tokens=50)
    yield pp.made(source.messages[0].content, second.text)

twice.unanswered = True

@pp.hookimpl
def register_generators(register):
    for name, one in {"inventing": Inventing, "stating": Stating, "twice": twice}.items():
        register(name, one)
"""
RECIPE = """\
teachers:
  writer: {{openai: {{url: "{url}", model: tutor, dollars_per_million: {{input: 100, output: 1000}}}}}}
budget: {{dollars: {dollars}}}
generators:
  - {first}: {{teacher: writer, seeds: seeds.jsonl}}
  - twice: {{teacher: writer}}
loaders: [generated]
"""
ROW = re.compile(
    r"^ ?(\w+) +([\d,]+) +(at least )?([\d,]+)(?: to ([\d,]+))? .*?(measured|stated|next alone)? *$", re.M
)


@pytest.fixture(scope="module")
def server():
    with bad_server(key="") as server:
        yield server


@pytest.fixture
def here(project, server):
    server.asked.clear(), server.seen.clear()
    return project({"pitchpipe_local.py": PLUGIN, "seeds.jsonl": [{"instruction": "Say it."}]})


def generate(here, server, *options, first="inventing", dollars=5):
    here.write({"recipe.yaml": RECIPE.format(url=server.url, first=first, dollars=dollars)})
    return here.run("generate", "recipe.yaml", *options).assert_success().out


def planned(here, server, **more):
    """Of each generator: what is on record, the least and the most that is left, and by what."""
    said = generate(here, server, "--plan", **more)
    number = lambda text: int(text.replace(",", ""))  # noqa: E731
    return {
        name: (number(known), number(low), number(high or low), by or "")
        for name, known, _, low, high, by in ROW.findall(said)
    }


def test_of_a_generator_that_says_nothing_the_next_questions_alone_are_known(here, server):
    found = planned(here, server)
    assert found["inventing"][3] == "next alone" and found["inventing"][0] == 0 < found["inventing"][1] <= 40
    assert found["twice"][3] == "next alone"
    assert not server.asked


def test_a_statement_is_carried_through_the_chain(here, server):
    found = planned(here, server, first="stating")
    assert found["stating"] == (
        0,
        60,
        240,
        "stated",
    )  # 80 drafts, and 40 of them admitted: half to twice as many
    assert found["twice"][3] == "next alone"  # it states nothing, whatever comes to it


def test_a_pilot_measures_and_the_whole_takes_about_so_much(here, server):
    generate(here, server, "--pilot", "20")
    asked = len(server.asked)
    found = planned(here, server)
    assert {by for *_, by in found.values()} == {"measured", ""}
    assert sum(known for known, *_ in found.values()) == 2 * asked  # each, and all together
    generate(here, server)
    _, low, high, _ = found["all"]
    assert 0.8 * low <= len(server.asked) - asked <= 1.2 * high
    assert planned(here, server) == {
        name: (known, 0, 0, "") for name, (known, *_) in planned(here, server).items()
    }


def test_a_budget_that_is_too_small_is_told_before_anything_is_sent(here, server):
    generate(here, server, "--pilot", "20")
    assert "the budget is not enough" in generate(here, server, "--plan", dollars=0.4)
    assert "the budget" not in generate(here, server, "--plan", dollars=50)
