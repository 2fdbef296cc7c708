"""Formats: how a row becomes a conversation."""

import pitchpipe as pp
from pitchpipe_plugins.formats.alpaca import Alpaca
from pitchpipe_plugins.formats.messages import Messages
from pitchpipe_plugins.formats.sharegpt import ShareGPT


@pp.hookimpl
def register_formats(register: pp.Register) -> None:
    register("alpaca", Alpaca)
    register("messages", Messages)
    register("sharegpt", ShareGPT)
