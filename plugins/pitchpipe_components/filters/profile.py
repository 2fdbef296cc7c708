"""Defines profiles: filters that suit most instruction data, and those that suit what a model made."""

from pitchpipe import profile
from pitchpipe_components.text.made_up import PAPERS

SFT_DEFAULT = profile(
    [
        "interface_residue",
        "control_tokens",
        {"length": {"max_conversation_chars": 200_000}},
        {"echo": {"max_echo": 0.99}},
        "no_output",
        "unseen_input",
        "placeholders",
        "prompt_leakage",
        "teacher_identity",
        {"truncated": {"ellipsis": False, "etc": False}},
        "repetition",
        {"refusals": {"action": "tag"}},
        "exact_duplicates",
    ],
    "Suits most instruction data: mends residue, drops broken replies, keeps short answers.",
)

# 10 and 5 characters, and Jaccard: what a common guide to Self-Instruct drops by. It measures again what
# generators have measured, now beside all other rows of the recipe.
GENERATED = profile(
    [
        "interface_residue",
        "control_tokens",
        {"length": {"min_instruction_chars": 10, "min_reply_chars": 5}},
        {"echo": {"max_echo": 0, "min_words": 1}},
        "no_output",
        "unseen_input",
        "placeholders",
        {"prompt_leakage": {"where": "both"}},
        "teacher_identity",
        "truncated",
        "repetition",
        {"refusals": {"action": "tag"}},
        "exact_duplicates",
        {"conflicting_answers": {"keep": "none", "with_context": True}},
        {"novelty": {"by": "jaccard", "of": "instruction"}},
    ],
    "Suits what a model made: drops leaks of its prompts, cut replies, instructions that are not new.",
)

# The heuristics of Wang et al. 2022 (arXiv 2212.10560), as their code has them: English alone.
SELF_INSTRUCT = profile(
    [
        {"length": {"min_instruction_words": 4, "max_instruction_words": 150}},
        {"blacklist": {"words": list(PAPERS)}},
        {"opening": {"non_ascii": True}},
        "exact_duplicates",
        {"conflicting_answers": {"keep": "none", "with_context": True}},
        {"novelty": {"of": "instruction"}},
    ],
    "Drops what the paper on Self-Instruct drops, of instructions in English.",
)
