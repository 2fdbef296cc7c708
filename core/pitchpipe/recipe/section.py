"""A section of a recipe, declared by the stage that it belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker
    from pitchpipe.recipe.recipe import Recipe

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Section(Generic[Value]):
    """One section: `recipe[section]` is its value.

    With a `kind` its value is a component, or a list of them if it is `many`. Without a kind its value is an
    object of the class `options`. With both, all its components share these options. A `bare` section holds
    the options of its default component; `false` leaves it out.
    """

    name: str
    kind: str = ""
    many: bool = False
    bare: bool = False
    options: type | None = None
    needs: tuple[str, ...] = ()  # other sections that it cannot do without
    required: bool = False
    default_with: str = ""  # the section beside which the default component is taken
    read: "Callable[[Checker, Section[Value]], Value] | None" = None  # instead of the usual way
    check: "Callable[[Checker, Recipe], None] | None" = None  # what no section can know alone

    def value(self, checker: "Checker") -> Any:
        """What the recipe says in this section, checked."""
        if self.read:
            return self.read(checker, self)
        if self.many:
            return checker.many(self)
        return checker.one(self) if self.kind else checker.plain(self)
