"""What the docs show is what happens."""

import pytest

from tests.documents import ROOT, assert_shows, sections

PAGES = ["README.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))]
SHOWN = [(page, section) for page in PAGES for section in sections(page)]


@pytest.mark.parametrize(("page", "section"), SHOWN, ids=lambda value: getattr(value, "title", value))
def test_a_section_does_what_it_shows(project, page, section):
    here = project(section.files, COLUMNS="80" if section.title == "Commands" else "160")
    for command, output in section.commands:
        assert command[0] == "pitchpipe"
        outcome = here.run(*command[1:])
        assert outcome.code == (2 if output.startswith("pitchpipe: ") else 0), outcome.described()
        assert_shows(output, outcome.out + outcome.err)


def test_the_readme_shows_a_filter_and_a_template_of_ten_lines():
    files = {section.title: section.files.get("pitchpipe_local.py", "") for section in sections("README.md")}
    for title in ("Your own filter", "Your own template"):
        assert 0 < len([line for line in files[title].splitlines() if line.strip()]) <= 11
