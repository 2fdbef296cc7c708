"""The doctor looks at the machine."""

import re

import pytest


def test_doctor_looks_at_everything(project):
    out = project().run("doctor").assert_success().out
    for words in ("Python", "cores", "torch", "trl", "lm-eval", "templates", "ready"):
        assert words in out


@pytest.mark.parametrize(
    ("package", "extra"), [("pyarrow", "data"), ("zstandard", "data"), ("fastokens", "fast")]
)
def test_packages_of_extras_are_listed_with_what_they_are_for(project, package, extra):
    out = project().run("doctor").assert_success().out
    lines = [line.split() for line in out.splitlines() if line.split()[:1] == [package]]
    assert [(line[0], line[2]) for line in lines] == [(package, extra)]


def test_each_package_is_listed_once(project):
    """Extras that hold other extras name their packages again."""
    out = project().run("doctor").assert_success().out
    listed = out.partition("Packages")[2].partition("Plugins")[0]
    names = [line.split()[0] for line in listed.splitlines() if line.split()[1:]]
    assert len(names) == len(set(names)) and {"torch", "datasets", "lm-eval"} < set(names)
    assert re.search(r" datasets +\S+ +data, train *\n", out) and re.search(r" torch +\S+ +train *\n", out)
