"""Registers the built-in templates, which write a conversation for a model. Most are data."""

import pitchpipe as pp
from pitchpipe_plugins.templates.alpaca import ALPACA, ALPACA_SHORT
from pitchpipe_plugins.templates.chatml import CHATML
from pitchpipe_plugins.templates.custom import Mixed, Written
from pitchpipe_plugins.templates.gemma import GEMMA
from pitchpipe_plugins.templates.llama2 import LLAMA2
from pitchpipe_plugins.templates.llama3 import LLAMA3
from pitchpipe_plugins.templates.mistral import MISTRAL
from pitchpipe_plugins.templates.own import Jinja, Tokenizer
from pitchpipe_plugins.templates.phi import PHI3, PHI4
from pitchpipe_plugins.templates.plain import PLAIN, PLAIN_INSTRUCTION
from pitchpipe_plugins.templates.vicuna import VICUNA
from pitchpipe_plugins.templates.zephyr import ZEPHYR

DATA = {
    "alpaca": ALPACA,
    "alpaca_short": ALPACA_SHORT,
    "chatml": CHATML,
    "gemma": GEMMA,
    "llama2": LLAMA2,
    "llama3": LLAMA3,
    "mistral": MISTRAL,
    "phi3": PHI3,
    "phi4": PHI4,
    "plain": PLAIN,
    "plain_instruction": PLAIN_INSTRUCTION,
    "vicuna": VICUNA,
    "zephyr": ZEPHYR,
}


@pp.hookimpl
def register_templates(register: pp.Register) -> None:
    for name, template in DATA.items():
        register(name, template)
    register("turns", Written)
    register("mixed", Mixed)
    register("jinja", Jinja, needs=("jinja2",), extra="train")
    register("tokenizer", Tokenizer, needs=("jinja2",), extra="train")
