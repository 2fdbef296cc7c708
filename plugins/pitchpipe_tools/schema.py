"""pitchpipe schema: the JSON Schema of recipes, made from the signatures that recipes are checked against"""

from pathlib import Path
from typing import Any

import click
import msgspec

from pitchpipe.host.host import Host
from pitchpipe.host.options import Option, options_of
from pitchpipe.host.plugin import Component, Profile
from pitchpipe.recipe.load import REQUIRES, sections_of
from pitchpipe.recipe.section import Section

Schema = dict[str, Any]


@click.command()
def schema() -> None:
    """Print the JSON Schema of recipes, made from the components that are installed.

    Save it and name it in a recipe's first line, and an editor completes and explains every option:

    \b
        pitchpipe schema > recipe.schema.json
        # yaml-language-server: $schema=recipe.schema.json
    """
    import json

    click.echo(json.dumps(recipe_schema(Host.from_environment(Path.cwd())), indent=2))


def recipe_schema(host: Host) -> Schema:
    """A schema that an editor can complete recipes with."""
    sections = sections_of(host)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pitchpipe recipe",
        "type": "object",
        "properties": {section.name: _section(host, section) for section in sections},
        "required": [section.name for section in sections if section.required],
        "additionalProperties": False,
    }


def _section(host: Host, section: Section[Any]) -> Schema:
    if section is REQUIRES:
        return {"type": "array", "items": {"type": "string"}}
    shared = options_of(section.options) if section.options else {}
    if not section.kind:
        return _options(shared)
    if section.bare:
        default = host.default(section.kind, section.name)
        return {"anyOf": [{"type": "boolean"}, _options(default.options) if default else {"type": "object"}]}
    use = _use(host, section.kind, shared)
    return {"type": "array", "items": use} if section.many else use


def _use(host: Host, kind: str, shared: dict[str, Option]) -> Schema:
    """`name`, or `name: {options}`."""
    components = {name: c for c in host.all(kind) for name in _names(host, c)}
    bare = sorted(name for name, c in components.items() if not any(o.required for o in c.options.values()))
    properties = {
        name: {"description": c.description or c.address} | _of(c, shared)
        for name, c in sorted(components.items())
    }
    one = {
        "type": "object",
        "properties": properties,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
    return {"anyOf": [{"enum": bare}, one]} if bare else one


def _of(component: Component, shared: dict[str, Option]) -> Schema:
    if isinstance(component.call, Profile):
        return {"type": ["object", "null"]}
    return _options(component.options | shared)


def _names(host: Host, component: Component) -> list[str]:
    """Its address, and its bare name where nobody else has it."""
    twins = [c for c in host.all(component.kind) if c.name == component.name]
    return [component.address, component.name] if len(twins) == 1 else [component.address]


def _options(options: dict[str, Option]) -> Schema:
    """An object of options; null where none has to be given, as in `name:`."""
    required = [name for name, option in options.items() if option.required]
    schema = {
        "type": "object" if required else ["object", "null"],
        "properties": {name: _option(option) for name, option in options.items()},
        "additionalProperties": False,
    }
    return schema | ({"required": required} if required else {})


def _option(option: Option) -> Schema:
    def path(kind: type) -> Schema:
        return {"type": "string"} if issubclass(kind, Path) else {}

    schema = msgspec.json.schema(option.type, schema_hook=path)
    if not option.required and option.default is not None:
        schema["default"] = msgspec.to_builtins(option.default, enc_hook=str)
    return schema
