"""The recipe's sections about serving: how, with which guards and middleware, and whom else it asks."""

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from pitchpipe.errors import Problem
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.serve.guards.options import GuardOptions
from pitchpipe_stages.serve.names import ServedNames

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker


@dataclass(frozen=True)
class Serve:
    """How models are served. Options of the command line come first."""

    model: Annotated[str | None, Meta(description="a run, a folder, or a name on the hub")] = None
    name: Annotated[
        str | None,
        Meta(description="how clients call it; left out: the last name of its place"),
    ] = None
    adapters: Annotated[
        dict[str, str],
        Meta(description="further adapters on the same base: how clients call each, and where it lies"),
    ] = field(default_factory=dict)
    base: Annotated[str | None, Meta(description="a name under which the base is served too")] = None
    routed: Annotated[str, Meta(description="the name by which clients let the router choose")] = "auto"
    template: Annotated[str | None, Meta(description="the template of a model that has none")] = None
    host: Annotated[str, Meta(description="who may reach it: 127.0.0.1 is this machine alone")] = "127.0.0.1"
    domains: Annotated[
        list[str], Meta(description="names by which a proxy on this machine lets others reach it")
    ] = field(default_factory=list)
    port: Annotated[int, Meta(ge=0, le=65535, description="0: any that is free")] = 8000
    key: Annotated[
        str | None,
        Meta(description="the variable that holds the keys of clients, with commas between"),
    ] = None
    rows: Annotated[int, Meta(ge=1, description="answers that are written at the same time")] = 16
    queue: Annotated[int, Meta(ge=0, description="answers that may wait")] = 64
    threads: Annotated[int, Meta(ge=0, description="of torch; 0: as is best")] = 0
    max_tokens: (
        Annotated[int, Meta(ge=1, description="the most of an answer; left out: the rest of the context")]
        | None
    ) = None
    context: (
        Annotated[
            int, Meta(ge=1, description="the most tokens of prompt and answer; left out: the model's own")
        ]
        | None
    ) = None
    max_body: Annotated[int, Meta(ge=1, description="bytes of a request")] = 2 << 20
    max_messages: Annotated[int, Meta(ge=1, description="of a request")] = 512
    per_key: Annotated[int, Meta(ge=1, description="requests of one key at the same time")] | None = None
    grace: Annotated[
        float,
        Meta(ge=0, description="seconds for what is being answered when the server ends"),
    ] = 30
    log: Annotated[bool, Meta(description="a line for each request; without texts")] = True
    folder: Annotated[str, Meta(description="where the cache, the journal and the like are kept")] = "served"


def _check_serve(checker: "Checker", recipe: Recipe) -> None:
    told, own = recipe[SERVE], _names(recipe).own
    if not told.model and (told.adapters or told.base):
        checker.problem(("serve",), "adapters and a base need the model that they belong to: serve.model")
    if twice := {name for name in own if own.count(name) > 1}:
        checker.problem(("serve",), f"two models are called '{min(twice)}': name one of them otherwise")
    if told.key and not os.environ.get(told.key):
        words = f"{told.key} is not set: a server will want its keys there"
        recipe.hints.append(Problem(str(checker.document.place(("serve", "key"))), "serve.key", words))


def _check_upstreams(checker: "Checker", recipe: Recipe) -> None:
    _names(recipe).check_upstreams(checker)


def _check_router(checker: "Checker", recipe: Recipe) -> None:
    if router := recipe[ROUTER]:
        _names(recipe).check_router(checker, router)


def _names(recipe: Recipe) -> ServedNames:
    return ServedNames(recipe, recipe[SERVE], recipe[UPSTREAMS] or ())


SERVE = Section[Serve]("serve", options=Serve, check=_check_serve)
GUARDS = Section[list[Use]]("guards", kind="guard", many=True, options=GuardOptions)
MIDDLEWARES = Section[list[Use]]("middlewares", kind="middleware", many=True)
UPSTREAMS = Section[list[Use]]("upstreams", kind="upstream", named=True, check=_check_upstreams)
ROUTER = Section[Use | None]("router", kind="router", check=_check_router)
