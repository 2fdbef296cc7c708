"""What the docs show of middleware works."""

import asyncio
import inspect
import json

import msgspec

import pitchpipe as pp
from pitchpipe_components.middlewares.cache import AnswerCache
from pitchpipe_components.middlewares.journal import AnswerJournal
from pitchpipe_components.served.lines import AnswerLine, FeedbackLine
from tests.components.middlewares.around import Scripted, ask, request, served, text
from tests.documents import sections, shown

HERE = "tests/components/middlewares/test_documented.py"


def test_the_middleware_of_ten_lines_hides_how_an_answer_is_made(project, tmp_path):
    code = shown("docs/plugins.md", HERE)
    assert len([line for line in code.splitlines() if line.strip()]) <= 11
    loaders = "loaders:\n  - files: {path: rows.jsonl}\nmiddlewares:\n  - without_thoughts\n"
    here = project({"pitchpipe_local.py": code, "rows.jsonl": [{"output": "Ho"}], "recipe.yaml": loaders})
    here.run("check", "recipe.yaml").assert_success()
    names = dict[str, object]()
    exec(code, names)  # what a recipe would bind
    upstream = Scripted(pp.Said(reasoning="Hm.", tokens=1), pp.Said(text="Two.", tokens=1, end="stop"))

    async def heard():
        async with served(tmp_path / "s", upstream, names["without_thoughts"]) as service:
            return await ask(service, request())

    said = asyncio.run(heard())
    assert (
        text(said) == "Two."
        and not any(one.reasoning for one in said)
        and sum(one.tokens for one in said) == 2
    )


def test_the_recipe_of_what_is_kept_is_sound_and_says_the_defaults(project):
    recipe = shown("docs/feedback.md", HERE) + "loaders:\n  - files: {path: rows.jsonl}\n"
    project({"recipe.yaml": recipe, "rows.jsonl": [{"output": "Ho"}]}).run(
        "check", "recipe.yaml"
    ).assert_success()
    (page,) = (page for page in sections("docs/feedback.md") if page.title == "Learning from it")
    for line in page.files["served/journal-2026-11-22-0001.jsonl"].splitlines():
        msgspec.json.decode(line, type=AnswerLine if "id" in json.loads(line) else FeedbackLine)
    for part, said in (
        (AnswerCache, {"days": 7, "megabytes": 256, "among": "key"}),
        (AnswerJournal, {"megabytes": 64, "keep": 1024}),
    ):
        defaults = {name: one.default for name, one in inspect.signature(part).parameters.items()}
        assert said.items() <= defaults.items()
