"""The public face: one list of names, the same for Python, for type checkers and for readers."""

import ast
from pathlib import Path

import pytest

import pitchpipe as pp

ROOT = Path(__file__).parents[2]
# What plugins build on. A name that goes or changes its meaning breaks them: think, then change this list.
FACE = """
Adapter Answer Answering Ask AskAgain Asking Batches Block Collator Comparer Console Conversation DataPlan Declined Drop Embedder
Evaluator Example Examples Export Exporter Feedback Filter Format Generator Guard IGNORED Item JinjaTemplate Likely Loader Made
MarkedWords Measured Message Meta Middleware Model Models Packing Panel Part Piece PitchpipeError Pool Prompt Quarantine Recipe
Record Refusal Register Related Reply Request Reward Router Row Run Said Sampling Score Scored Section Service Sketches Source
Stage Subject Teacher Template TooLong ToolCalls Tracked Tracker Trainer Training Turns Unanswered Upstream Usage Use Verdict Wish
chat_template drop fill hookimpl jinja_text judged made noted parts_of profile refuse replace suggest turns
"""


def test_the_face_is_this_list():
    assert list(pp.__all__) == sorted(FACE.split())


@pytest.mark.parametrize("name", FACE.split())
def test_each_name_is_there(name):
    assert getattr(pp, name) is not None


def test_other_names_are_not():
    with pytest.raises(AttributeError, match="module 'pitchpipe' has no attribute 'Host'"):
        pp.Host  # noqa: B018


def test_type_checkers_see_the_same_names():
    stub = ast.parse((Path(pp.__file__).parent / "__init__.pyi").read_text("utf-8"))
    aliases = [alias for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(alias.asname for alias in aliases) == sorted(FACE.split())
    homes = {
        alias.asname: node.module
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for name, home in homes.items():
        assert home == f"pitchpipe.{pp._HOME_OF[name]}"


@pytest.mark.parametrize("name", FACE.split())
def test_a_page_explains_each_name(name):
    assert f"| `{name}` |" in (ROOT / "docs" / "plugins.md").read_text("utf-8")
