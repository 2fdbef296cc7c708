"""The recipe's section `requires`: packages without which it cannot be run."""

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from pitchpipe.recipe.section import Section

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker


def _requires(checker: "Checker", section: Section[list[str]]) -> list[str]:
    """Distributions that the recipe needs, each with the versions that will do."""
    entries = list(checker.entries(section.name))
    for key, text in entries:
        from packaging.requirements import InvalidRequirement, Requirement

        try:
            requirement = Requirement(str(text))
            found = version(requirement.name)
        except InvalidRequirement:
            checker.problem(key, f"expected a package like 'pitchpipe-code>=0.1', got {text!r}")
        except PackageNotFoundError:
            checker.problem(key, f"'{requirement.name}' is not installed: pip install '{text}'")
        else:
            if not requirement.specifier.contains(found, prereleases=True):
                checker.problem(key, f"{requirement.name} {found} is installed: pip install '{text}'")
    return [str(text) for _, text in entries]


REQUIRES = Section[list[str]]("requires", many=True, read=_requires)
