"""The page about repair names every option, rule, note and reason."""

import re
from pathlib import Path

from pitchpipe.host.options import options_of
from pitchpipe_components.repair import ROLES, repair, rules
from pitchpipe_components.repair.rules import NO_CONTEXT
from tests.documents import ROOT


def test_every_option_is_described_and_every_rule_documented():
    page = (ROOT / "docs" / "repair.md").read_text("utf-8")
    for name, option in options_of(repair).items():
        assert option.description and not option.problem()
        assert f"`{name}" in page
    assert all(re.search(rf"\b{name}\b", page) for name in ROLES)
    assert all(f"`{word}`" in page for word in NO_CONTEXT)


def test_every_note_and_reason_is_documented():
    page = (ROOT / "docs" / "repair.md").read_text("utf-8")
    code = "".join(path.read_text("utf-8") for path in Path(rules.__file__).parent.glob("*.py"))
    said = re.findall(r'(?:notes\.append|Unmendable|drop)\(f?"([^"{:]+)', code)
    assert len(said) > 20 and [words for words in said if words not in page] == []
