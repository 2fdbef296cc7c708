"""pitchpipe schema: the JSON Schema of recipes, made from the signatures of components."""

import json
from pathlib import Path

import click
import msgspec

from pitchpipe.host.host import Host
from pitchpipe.host.options import Option, options_of
from pitchpipe.host.plugin import Component, Profile
from pitchpipe.recipe.checked import sections_of
from pitchpipe.recipe.section import Section
from pitchpipe_tools.recipe_file.extends import ANCHORS, EXTENDS
from pitchpipe_tools.recipe_file.from_run import FROM

Schema = dict[str, object]
FROM_WHAT = "a recipe that is run first, or the folder of a run: this one begins with the model tuned there"


@click.command()
def schema() -> None:
    """Print the JSON Schema of recipes, made from the components that are installed.

    Save it and name it in a recipe's first line, and an editor completes and explains every option:

    \b
        pitchpipe schema > recipe.schema.json
        # yaml-language-server: $schema=recipe.schema.json
    """
    click.echo(json.dumps(recipe_schema(Host.from_environment(Path.cwd())), indent=2))


ENOUGH = (
    ["loaders"],
    ["model", "evaluators"],
    ["serve"],
    ["upstreams"],
)  # evaluators may bring their own questions


def recipe_schema(host: Host) -> Schema:
    """The schema of a recipe: each section with its components. One that extends another may lack some."""
    sections = sections_of(host)
    required = [section.name for section in sections if section.required]
    own: Schema = {
        EXTENDS: {"type": "string", "description": "the recipe that this one extends"},
        FROM: {"type": ["string", "null"], "description": FROM_WHAT},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pitchpipe recipe",
        "type": "object",
        "properties": own | {section.name: _section(host, section) for section in sections},
        "patternProperties": {f"^{ANCHORS}": {}},
        "anyOf": [*({"required": [*required, *some]} for some in ENOUGH), {"required": [EXTENDS]}],
        "additionalProperties": False,
    }


def _section(host: Host, section: Section[object]) -> Schema:
    if section.many and not section.kind:
        return {"type": "array", "items": {"type": "string"}}
    shared = options_of(section.options) if section.options else {}
    if not section.kind:
        return _options(shared)
    if section.bare:
        default = host.default(section.kind, section.name)
        return {"anyOf": [{"type": "boolean"}, _options(default.options) if default else {"type": "object"}]}
    use = _use(host, section.kind, shared)
    if section.named:
        return {"type": "object", "additionalProperties": use}
    return {"type": "array", "items": use} if section.many else use


# --- Components -----------------------------------------------------------------------------------


def _use(host: Host, kind: str, shared: dict[str, Option]) -> Schema:
    """A component as `name`, if no option is required, or as `name: {options}`."""
    components = {name: component for component in host.all(kind) for name in _names(host, component)}
    without_options = sorted(
        name
        for name, component in components.items()
        if not any(option.required for option in component.options.values())
    )
    with_options = _with_options(dict(sorted(components.items())), shared)
    return {"anyOf": [{"enum": without_options}, with_options]} if without_options else with_options


def _with_options(components: dict[str, Component], shared: dict[str, Option]) -> Schema:
    return {
        "type": "object",
        "properties": {
            name: {"description": component.description or component.address} | _component(component, shared)
            for name, component in components.items()
        },
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }


def _component(component: Component, shared: dict[str, Option]) -> Schema:
    if isinstance(component.call, Profile):
        return {"type": ["object", "null"]}
    return _options(shared | component.options)


def _names(host: Host, component: Component) -> list[str]:
    """The address of a component, and its bare name if that means this one."""
    meant = host.named(component.kind, component.name)
    return [component.address, component.name] if meant == [component] else [component.address]


# --- Options --------------------------------------------------------------------------------------


def _options(options: dict[str, Option]) -> Schema:
    """An object of options. If no option is required, null is an object without options, as in `name:`."""
    required = [name for name, option in options.items() if option.required]
    schema: Schema = {
        "type": "object" if required else ["object", "null"],
        "properties": {name: _option(option) for name, option in options.items()},
        "additionalProperties": False,
    }
    return schema | ({"required": required} if required else {})


def _option(option: Option) -> Schema:
    def path(kind: type) -> Schema:
        return {"type": "string"} if issubclass(kind, Path) else {}

    schema: Schema = msgspec.json.schema(option.type, schema_hook=path)
    if not option.required and option.default is not None:
        schema["default"] = msgspec.to_builtins(option.default, enc_hook=str)
    return schema
