"""pitchpipe chat: a conversation with a model, in a terminal."""

import sys

import click

from pitchpipe_tools.asked_model import must_take_system, of_a_model, settings_of
from pitchpipe_tools.cures import cured


@click.command()
@of_a_model
@cured()
def chat(
    model: str,
    system: str,
    temperature: float | None,
    top_p: float | None,
    max_new_tokens: int,
    seed: int | None,
    base: bool,
    template: str,
) -> None:
    """Talk to RUN_OR_MODEL: a run's directory, a folder with a model or an adapter, or a name on the hub.

    The model hears the very tokens that training and servers give it, and the whole conversation each time.

    \b
      pitchpipe chat runs/quickstart
      pitchpipe chat runs/quickstart --system "Answer in one word." --temperature 0.7
      pitchpipe chat runs/quickstart --base

    Commands within: /base asks the base model the same, /retry asks again, /save keeps the conversation as a
    row of data, /peek shows its tokens; /help lists all.
    """
    from pitchpipe_stages.console import RichConsole

    console = RichConsole()
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        from pitchpipe_stages.generate.opened import opened
        from pitchpipe_tools.chat.session import Session
        from pitchpipe_tools.chat.talk import Talk

        one = opened(model, console, tuned=not base, template=template)
        talk = Talk(one, settings_of(one, temperature, top_p, max_new_tokens, seed), system)
        must_take_system(one, system)
        session = Session(talk, model, base, console)
    except KeyboardInterrupt:
        sys.exit(130)
    session.run()
