"""The page about guards: its recipe is sound, its guard does what it says, its numbers are so."""

from pitchpipe_components.guards.harmful import HarmfulGuard
from pitchpipe_components.guards.pii import PiiGuard
from tests.documents import sections, shown
from tests.stages.serve.guards.speaking import asking, guards_of, heard, serving, spoken, text_of

PAGE = "docs/guards.md"


def test_the_recipe_is_sound(tmp_path):
    (tmp_path / "not_here.txt").write_text("secret", "utf-8")
    recipe = shown(PAGE, "tests/stages/serve/guards/test_documented.py")
    names = [use.name for use in guards_of(tmp_path, recipe.partition("guards:\n")[2])]
    assert names == ["harmful", "phrases", "pii", "filter", "guard_model"]


def test_the_guard_guards(tmp_path):
    (section,) = [one for one in sections(PAGE) if one.title == "Your own"]
    for name, text in section.files.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) <= 10
    service = serving(tmp_path, "  - no_shouting\n", spoken("So."))
    assert text_of(heard(service, asking("WHY DON'T YOU ANSWER ME"))) == "Softly, please."
    assert text_of(heard(service, asking("Why?"))) == "So."


def test_windows_are_as_long_as_the_page_says():
    assert (PiiGuard.window, HarmfulGuard().window) == (60, 33)
