"""pitchpipe ask: one answer, or one for each line, for scripts. Nothing else stands on standard output."""

import os
import sys
from typing import Any

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.ask.answers import answer, answer_lines
from pitchpipe_tools.ask.prompts import asked, asked_lines
from pitchpipe_tools.asked_model import must_take_system, of_a_model, settings_of
from pitchpipe_tools.cures import cured


@click.command()
@of_a_model
@click.argument("prompt", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print an object of JSON for each answer.")
@click.option(
    "-n", "--count", type=click.IntRange(1), default=1, help="So many answers, each with a seed of its own."
)
@click.option("--lines", is_flag=True, help="Each line of standard input is a prompt; the answers are JSON.")
@click.option(
    "--messages",
    is_flag=True,
    help='Standard input is JSON: [{"role": "user", "content": "Hi"}], or such lines.',
)
@click.option(
    "--batch-size",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="Lines that are asked together.",
)
@cured()
def ask(
    model: str,
    prompt: tuple[str, ...],
    system: str,
    as_json: bool,
    count: int,
    lines: bool,
    messages: bool,
    batch_size: int,
    base: bool,
    template: str,
    **how: Any,
) -> None:
    """Ask RUN_OR_MODEL once: a run's directory, a folder with a model or an adapter, or a name on the hub.

    Without PROMPT, standard input is the prompt; a PROMPT of - stands for it among others. The answer goes to
    standard output, all else to standard error. Exit codes: 0, 1 if a line has no answer, 2 for a mistake.

    \b
      pitchpipe ask runs/quickstart "Say kiro twice."
      pitchpipe ask runs/quickstart "Summarize:" - < letter.txt
      pitchpipe ask runs/quickstart --lines < prompts.txt > answers.jsonl
      pitchpipe ask runs/quickstart "Name a color." --temperature 0.9 -n 5 --json
    """
    from pitchpipe_stages.console import RichConsole

    if count > 1 and not (as_json or lines):
        raise PitchpipeError(f"-n {count}: several answers are told apart as JSON: add --json")
    if lines and prompt:
        raise PitchpipeError("--lines: the prompts are the lines of standard input; leave PROMPT out")
    console = RichConsole(stderr=True)
    try:
        first = asked(prompt, messages, system) if not lines else None
        rows = asked_lines(messages, system) if lines else iter(())
        from pitchpipe_stages.generate.opened import opened

        one = opened(model, console, tuned=not base, template=template)
        settings = settings_of(one, **how)
        if system:
            must_take_system(one, system)
        if count > 1 and not settings.sampling.temperature:
            raise PitchpipeError(f"-n {count}: a greedy model always answers the same: add --temperature 0.7")
        if first:
            answer(one, first, settings, count, as_json, console)
        else:
            sys.exit(answer_lines(one, rows, settings, batch_size, count, console))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to be written
        sys.exit(141)
