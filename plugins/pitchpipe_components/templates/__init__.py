"""Registers the built-in templates, which write a conversation for a model. Most are data."""

import pitchpipe as pp
from pitchpipe_components.templates.alpaca import ALPACA, ALPACA_SHORT
from pitchpipe_components.templates.chatml import CHATML
from pitchpipe_components.templates.custom import InRecipe, Mixed
from pitchpipe_components.templates.gemma import GEMMA
from pitchpipe_components.templates.llama2 import LLAMA2
from pitchpipe_components.templates.llama3 import LLAMA3
from pitchpipe_components.templates.mistral import MISTRAL
from pitchpipe_components.templates.own import OfFile, OfTokenizer
from pitchpipe_components.templates.phi import PHI3, PHI4
from pitchpipe_components.templates.plain import PLAIN, PLAIN_INSTRUCTION
from pitchpipe_components.templates.seq2seq import PromptAndReply
from pitchpipe_components.templates.vicuna import VICUNA
from pitchpipe_components.templates.zephyr import ZEPHYR

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

ROOMS = ("pitchpipe_components.templates",)


@pp.hookimpl
def register_templates(register: pp.Register) -> None:
    for name, template in DATA.items():
        register(name, template)
    register("turns", InRecipe)
    register("mixed", Mixed)
    register("seq2seq", PromptAndReply)
    register("jinja", OfFile, needs=("jinja2",), extra="train")
    register("tokenizer", OfTokenizer, needs=("jinja2",), extra="train")
