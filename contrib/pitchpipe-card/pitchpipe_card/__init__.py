"""A stage that writes the model card of a run, and a command that prints the card."""

import pitchpipe as pp
from pitchpipe_card.stage import Card


@pp.hookimpl
def register_stages(register: pp.Register) -> None:
    register(Card())


@pp.hookimpl
def register_commands(register: pp.Register) -> None:
    register("card", "Print the model card of a run.", "pitchpipe_card.command:card")
