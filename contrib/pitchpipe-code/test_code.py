"""The filter valid_code, tested from outside: real files, real commands, and any text at all."""

import os
import re
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe_code import blocks, valid_code

HERE = Path(__file__).parent
RECIPE = """
requires: [pitchpipe-code>=0.1]
loaders:
  - files: {path: rows.jsonl, name: code}
filters:
  - code:valid_code
"""
UNCLOSED = "code block never closed"


def fenced(tag, code, fence="```", indent=""):
    return "\n".join(indent + line for line in ["", f"{fence}{tag}", *code.split("\n"), fence, "So be it."])


# Reply, and how the reason begins for which it is dropped, or None where it is kept.
CASES = {
    # Python
    "python": (fenced("python", "def f(x):\n    return x"), None),
    "broken python": (fenced("python", "x = 1\n\ny = = 2"), "python does not parse: line 3, invalid syntax"),
    "python 2": (fenced("python", "print 'hi'"), "python does not parse: line 1, Missing parentheses"),
    "an alias": (fenced("py", "x ="), "python does not parse: line 1"),
    "a tag in capitals, with more behind it": (fenced("Python title=a.py", "x ="), "python does not parse"),
    "a tag in braces": (fenced("{.python}", "x ="), "python does not parse: line 1"),
    "null bytes": (fenced("python", "x = '\0'"), "python does not parse: "),
    "deep python": (fenced("python", "-" * 100_000 + "1"), "python does not parse: "),
    "long python": (fenced("python", "f" + "()" * 10_000), "python does not parse: "),
    "bad escapes": (fenced("python", r"re.match('\d', '1\.5')"), None),
    "await at the top": (fenced("python", "async with a() as b:\n    await b"), None),
    "a part of a function": (fenced("python", "    if x:\n        return 1"), None),
    "empty python": (fenced("python", ""), None),
    # Notebooks
    "magics": (fenced("python", "%matplotlib inline\nif x:\n    !pip install y\n    z = 1 % 2"), None),
    "broken beside a magic": (fenced("python", "!pip install x\ny ="), "python does not parse: line 2"),
    "% that goes on": (fenced("python", "x = ('%s'\n     %y)"), None),
    "!= that goes on": (fenced("python", "!ls\nx = (y\n     != z)"), None),
    "no magic": (fenced("python", "x = 1\n% y"), "python does not parse: line 2"),
    "a cell of bash": (fenced("python", "%%bash\nls -la | wc"), None),
    # Transcripts
    "a transcript": (fenced("python", ">>> for x in 1, 2:\n...     x\n...\n1\n2 and so on"), None),
    "an indented one": (fenced("pycon", "  >>> x = (1,\n  ...      2)\n  >>> x\n  (1, 2)"), None),
    "a broken one": (fenced("python", ">>> x\nNo such (\n>>> y ="), "python does not parse: line 3"),
    "a broken one by its tag": (fenced("pycon", ">>> y ="), "python does not parse: line 1"),
    "one in bad shape": (fenced("python", ">>>x"), "python does not parse: line 1 of the docstring"),
    "an error on purpose": (fenced("python", ">>> x =\nSyntaxError: invalid syntax\n>>> x = 1"), None),
    "one in a docstring": (fenced("python", 'def f():\n    """\n    >>> f(\n    """'), None),
    # Others
    "json": (fenced("json", '{"a": [1, null]}'), None),
    "broken json": (fenced("json", '{\n"a" 1}'), "json does not parse: line 2, Expecting ':' delimiter"),
    "empty json": (fenced("json", ""), "json does not parse: line 1, Expecting value"),
    "deep json": (fenced("json", "[" * 100_000), "json does not parse: "),
    "json with comments": (fenced("jsonc", '{"a": 1} // one'), None),
    "yaml": (fenced("yaml", "a: &x [1, 2]\nb: *x\nc: !Ref d\n---\nmore: true"), None),
    "broken yaml": (fenced("yml", "a: 1\nb: [1"), "yaml does not parse: line 2, expected ',' or ']'"),
    "control characters": (fenced("yaml", "a: \x01"), "yaml does not parse: unacceptable character #x0001"),
    "a huge escape": (fenced("yaml", r'"\UFFFFFFFF"'), "yaml does not parse: Python int too large"),
    "deep yaml": (fenced("yaml", "[" * 1_000_000), "yaml does not parse: maximum recursion depth"),
    "toml": (fenced("toml", "[a]\nb = 1979-05-27"), None),
    "broken toml": (fenced("toml", "[a]\nb = "), "toml does not parse: Invalid value (at end of document)"),
    # Fences
    "no fence": ("x = `x =` and ``` too", None),
    "no tag": (fenced("", "x ="), None),
    "another language": (fenced("bash", "if ("), None),
    "tildes": (fenced("python", "x =", "~~~"), "python does not parse: line 1"),
    "a longer fence": (fenced("python", "x = '''\n```\n'''", "````"), None),
    "a longer closing fence": ("```python\nx = 1\n`````  ", None),
    "the other fence does not close": (fenced("python", "x = '''\n~~~\n'''"), None),
    "nor does one with a tag": (fenced("python", "x = '''\n```sh\n'''"), None),
    "nor one far in": (fenced("python", "def f():\n    '''\n    ```\n    x\n    ```\n    '''"), None),
    "nor one further in than three": ("  ```python\n  x = 1\n    ```", UNCLOSED),
    "an indented fence": (fenced("python", "def f():\n    return '''\n'''", indent="   "), None),
    "less indented than its fence": ("  ```python\n  x = 1\ny = 2\n ```", None),
    "in a list": ("1. Do:\n\n" + fenced("python", "x =", indent="    "), "python does not parse: line 1"),
    "further in than its fence": ("- Do:\n\n  ```json\n  [\n     ```", "json does not parse: line 1"),
    "documents in a list": ("- Do:\n" + fenced("yaml", "a: 1\n---\nb: 2", indent=" " * 6), None),
    "in a list, by tabs": ("- Do:\n" + fenced("python", "x =", indent="\t"), "python does not parse: line 1"),
    "right behind the marker": ("- ```python\n  x =\n  ```", "python does not parse: line 1"),
    "four spaces": (fenced("python", "x =", indent="    "), None),
    "four spaces after a list": ("- Do.\n\nElse:\n" + fenced("python", "x =", indent="    "), None),
    "a tab": (fenced("python", "x =", indent="\t"), None),
    "a traceback": ("It fails:\n    f(1 / 0)\n      ~~^~~\n    ~~~~^^^", None),
    "backticks in the tag": ("```python x``` is code", None),
    "line ends of Windows": ("```python\r\nx = 1\r\ny =\r\n```\r\nSo.", "python does not parse: line 2"),
    "never closed": ("Here:\n```python\nx = 1", UNCLOSED),
    "never closed, no tag": ("Here:\n```", UNCLOSED),
    "closed by too short a fence": ("````python\nx = 1\n```", UNCLOSED),
    "the second of two": (fenced("json", "{}") + fenced("python", "x ="), "python does not parse: line 1"),
}


@pytest.fixture(scope="module", autouse=True)
def is_loaded():
    """Where only plugins that are named are loaded, this one is among them."""
    with pytest.MonkeyPatch.context() as patch:
        if "PITCHPIPE_PLUGINS" in os.environ:
            patch.setenv("PITCHPIPE_PLUGINS", "code")
        yield


@pytest.fixture(scope="module")
def reasons(tmp_path_factory):
    """Every case in one file, prepared by one command: the reason for which each was dropped."""
    from pitchpipe.testing import Project

    rows = [{"instruction": name, "output": reply} for name, (reply, _) in CASES.items()]
    recipe = RECIPE + "repair: false\n"  # else control characters would be gone before the filter sees them
    here = Project(tmp_path_factory.mktemp("cases")).write({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    return {list(CASES)[drop["line"] - 1]: drop["reason"] for drop in here.rows("runs/recipe/ledger.jsonl")}


@pytest.mark.parametrize("name", CASES)
def test_a_reply_is_kept_or_dropped(reasons, name):
    expected, reason = CASES[name][1], reasons.get(name)
    assert reason == expected or (expected and reason and reason.startswith(expected))
    assert not (reason and reason.endswith(": "))


def test_the_ledger_says_where_and_why(project):
    good, bad = fenced("json", "[]"), fenced("json", "[") + fenced("python", "x =") + "\n```"
    rows = [{"instruction": "Go", "output": good}, {"instruction": "Go", "output": bad}]
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    (dropped,) = here.rows("runs/recipe/ledger.jsonl")
    assert dropped.pop("id") and Path(dropped.pop("file")).name == "rows.jsonl"
    assert dropped == {
        "dataset": "code",
        "line": 2,
        "fate": "dropped",
        "stage": "filter code:valid_code",
        "reason": "json does not parse: line 1, Expecting value",
        "score": 3,
        "limit": 0,
    }
    (kept,) = here.rows("runs/recipe/prepared/train.jsonl")
    assert kept["messages"][1]["content"] == good


def test_reports_count_a_reason_once_a_language(project):
    rows = [
        {"instruction": "Go", "output": fenced("python", code)} for code in ("x =", "x = 1\ny =", "x = 1")
    ]
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    counts = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]["rows"]["code"]
    assert (counts["read"], counts["kept"], counts["dropped"]) == (3, 1, 2)
    assert counts["why"] == [
        {"fate": "dropped", "stage": "filter code:valid_code", "reason": "python does not parse", "rows": 2}
    ]


def test_options_say_which_languages_and_what_of_the_unclosed(project):
    replies = fenced("python", "x ="), fenced("json", "["), "```json\n["
    rows = [{"instruction": "Go", "output": reply} for reply in replies]
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
    options = "filters.code:valid_code.languages=[json]", "filters.code:valid_code.unclosed=keep"
    here.run("prepare", "recipe.yaml", "--set", options[0], "--set", options[1]).assert_success()
    assert [drop["line"] for drop in here.rows("runs/recipe/ledger.jsonl")] == [2]


def test_a_wrong_option_is_told_with_its_line(project):
    recipe = RECIPE.rstrip() + ": {languages: [pyton],\n                    unclosed: maybe, strict: true}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": []})
    here.run("check", "recipe.yaml").assert_failed(
        "recipe.yaml:6: filters.1.code:valid_code.languages: expected one of python, json, yaml, toml, got 'pyton'. Did you mean 'python'?",
        "recipe.yaml:7: filters.1.code:valid_code.unclosed: expected one of drop, keep, got 'maybe'",
        "recipe.yaml:7: filters.1.code:valid_code.strict: no such option",
    )


def test_a_recipe_may_require_a_later_version(project):
    here = project({"recipe.yaml": RECIPE.replace(">=0.1", ">=99"), "rows.jsonl": []})
    here.run("check", "recipe.yaml").assert_failed(
        "recipe.yaml:2: requires.1: pitchpipe-code 0.1.0 is installed"
    )


def test_only_replies_are_judged(project):
    broken, turns = fenced("python", "x ="), []
    for role, text in (("system", broken), ("human", broken), ("gpt", "Fine."), ("human", "Go on.")):
        turns.append({"from": role, "value": text})
    rows = [{"conversations": [*turns, {"from": "gpt", "value": text}]} for text in ("Well.", broken)]
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    assert [drop["line"] for drop in here.rows("runs/recipe/ledger.jsonl")] == [2]


def test_nothing_is_executed(project):
    codes = {
        "python": "import os\nos.mkdir('ran')\n",
        "pycon": ">>> import os; os.mkdir('ran')",
        "py": "!mkdir ran",
        "yaml": "!!python/object/apply:os.mkdir [ran]",
    }
    rows = [{"instruction": "Go", "output": fenced(tag, code)} for tag, code in codes.items()]
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    assert len(here.rows("runs/recipe/prepared/train.jsonl")) == 4
    assert not list(here.folder.rglob("ran"))


def test_the_examples_work(project):
    (block,) = (code for tag, code, _ in blocks((HERE / "README.md").read_text("utf-8")) if tag == "yaml")
    rows = [{"instruction": "Go", "output": fenced("toml", "a ="), "category": "toml"}] * 2
    here = project({"readme.yaml": block, "data/a.jsonl": rows})
    here.write({"recipe.yaml": (HERE / "recipe.yaml").read_text("utf-8")})
    here.run("check", "readme.yaml").assert_success()
    here.run("prepare", "recipe.yaml").assert_failed("toml does not parse (2)")
    assert [drop["stage"] for drop in here.rows("runs/recipe/ledger.jsonl")] == ["filter code:valid_code"] * 2


def test_pitchpipe_shows_it(project):
    shown = project().run("show", "filter", "valid_code").assert_success().out
    assert "plugin 'code' (pitchpipe-code 0.1.0)" in shown and "one of drop, keep" in shown


def conversation(reply):
    return pp.Conversation((pp.Message("user", "Go"), pp.Message("assistant", reply)))


def test_warnings_of_the_data_are_not_ours():
    said = conversation(fenced("python", r"x = '\d' if 1 is 1else 0"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert valid_code(said) is said


TAGS = ["", "python", "json", "yaml", "toml", "pycon"]
MARKS = ["```", "````", "~~~", "\n", "\r", "\t", " ", "    ", "- ", "1. ", ">>> ", "... ", "%", "!", "x"]
CODE = ["\0", "\ud800", "\\", '"', "'''", "[", "{", "(", ":", "=", "&a", "*a", ",", "# ", "---", "b'"]
any_text = st.lists(st.sampled_from(TAGS + MARKS + CODE) | st.text(max_size=9), max_size=40).map("".join)


@settings(deadline=None, max_examples=400)
@given(any_text, st.sampled_from(TAGS))
def test_any_text_is_kept_as_it_is_or_dropped_for_a_reason(text, tag):
    for reply in (text, fenced(tag, text)):
        said = conversation(reply)
        decision = valid_code(said)
        if isinstance(decision, pp.Drop):
            assert decision.reason == UNCLOSED or " does not parse: " in decision.reason
            assert decision.reason.encode() and "\n" not in decision.reason and decision.score
        else:
            assert decision is said
    fence_free = conversation(re.sub("`{3,}|~{3,}", " ", text))
    assert valid_code(fence_free) is fence_free
