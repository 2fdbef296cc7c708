"""A section of a recipe, declared by the stage that it belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker
    from pitchpipe.recipe.recipe import Recipe

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, eq=False)
class Section(Generic[Value]):
    """One section: `recipe[section]` is its value."""

    name: str
    kind: str = ""  # of its components; without one, its value is an object of `options`
    many: bool = False  # its value is a list of uses
    named: bool = False  # written as a mapping: names of the recipe's own, which are the labels of the uses
    bare: bool = False  # it holds the options of its default component; `false` leaves it out
    options: type | None = None  # a dataclass; beside a kind, its options are shared by all the components
    needs: tuple[str, ...] = ()  # other sections that it cannot do without
    required: bool = False
    default_with: str = ""  # the section beside which the default component is taken
    read: "Callable[[Checker, Section[Value]], Value] | None" = None  # instead of the usual way
    check: "Callable[[Checker, Recipe], None] | None" = None  # what no section can know alone

    def value(self, checker: "Checker") -> object:
        """What the recipe says in this section, checked."""
        if self.read:
            return self.read(checker, self)
        if self.named:
            return checker.named(self)
        if self.many:
            return checker.many(self)
        return checker.one(self) if self.kind else checker.plain(self)
