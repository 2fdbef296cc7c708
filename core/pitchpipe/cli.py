"""The command line. Plugins bring its commands; a command's module is imported when it is called."""

import errno
import sys
from functools import cached_property
from pkgutil import resolve_name

import click

from pitchpipe import __version__
from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.host import OWN, Host
from pitchpipe.host.plugin import Command


class Commands(click.Group):
    """The commands of all installed plugins."""

    @cached_property
    def offered(self) -> dict[str, Command]:
        return {c.name: c for c in Host.from_environment(hook="register_commands").commands()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.offered)

    def get_command(self, ctx: click.Context, name: str) -> click.Command:
        if name not in self.offered:
            ctx.fail(f"no command '{name}'.{suggest(name, self.offered)}")
        target = self.offered[name].target
        return resolve_name(target) if isinstance(target, str) else target

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, own in (("Commands", True), ("Commands of other plugins", False)):
            commands = [c for c in self.offered.values() if (c.plugin.distribution == OWN) is own]
            if commands:
                with formatter.section(title):
                    formatter.write_dl([(command.name, command.help) for command in commands])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pitchpipe")
def cli() -> None:
    """pitchpipe turns a base language model into an instruction follower, from one YAML recipe.

    Start with:  pitchpipe run quickstart
    """


def main() -> None:
    """Ends errors that a user can cure in one block and exit code 2. All others show their trace."""
    vars(cli).pop("offered", None)  # plugins may have come or gone since the last call
    try:
        cli.main(prog_name="pitchpipe", standalone_mode=False)
    except PitchpipeError as error:
        _stop(str(error), 2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort) as stopped:
        place = str(stopped.__cause__ or stopped) or "here"  # click puts its own in the place of the first
        _stop(f"stopped. The same command goes on from {place}.", 130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader, head for instance, has seen enough
        sys.exit(141)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _stop("the disk is full. Make room; the same command goes on from here.", 2)
        if error.filename is None:
            raise
        _stop(f"{error.filename}: {error.strerror}", 2)


def _stop(message: str, code: int) -> None:
    click.echo(f"{click.style('pitchpipe:', fg='red', bold=True)} {message}", err=True)
    sys.exit(code)
