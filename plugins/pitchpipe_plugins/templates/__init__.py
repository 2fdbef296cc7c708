"""Templates: how a conversation is written for a model. All are data."""

import pitchpipe as pp
from pitchpipe_plugins.templates.alpaca import ALPACA, ALPACA_SHORT
from pitchpipe_plugins.templates.chatml import CHATML
from pitchpipe_plugins.templates.llama3 import LLAMA3


@pp.hookimpl
def register_templates(register: pp.Register) -> None:
    register("alpaca", ALPACA)
    register("alpaca_short", ALPACA_SHORT)
    register("chatml", CHATML)
    register("llama3", LLAMA3)
