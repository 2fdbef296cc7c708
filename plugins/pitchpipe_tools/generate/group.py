"""A command on a RECIPE with others beside it: `generate RECIPE`, and `generate export RECIPE FILE`."""

from difflib import get_close_matches
from typing import Any

import click


class CommandBeside(click.Command):
    """The command itself, unless the first word names one of those beside it."""

    def __init__(self, *arguments: Any, **named: Any):
        super().__init__(*arguments, **named)
        self.beside: dict[str, click.Command] = {}

    def add(self, command: click.Command) -> None:
        """Put a command beside this one."""
        self.beside[str(command.name)] = command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if args and args[0] in self.beside:
            name = f"{info_name} {args[0]}"
            return self.beside[args[0]].make_context(name, args[1:], parent, **extra)
        near = get_close_matches(args[0], self.beside, 1) if args else []
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            if not near:
                raise
            words = f"{error.format_message()} Did you mean '{info_name} {near[0]}'?"
            raise click.UsageError(words, error.ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        if self.beside:
            with formatter.section("Also"):
                formatter.write_dl([self._shown(name, one, ctx) for name, one in self.beside.items()])

    def _shown(self, name: str, one: click.Command, ctx: click.Context) -> tuple[str, str]:
        arguments = [param.make_metavar(ctx) for param in one.params if isinstance(param, click.Argument)]
        return " ".join([ctx.command_path, name, *arguments]), one.get_short_help_str(80)
