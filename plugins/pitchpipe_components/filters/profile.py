"""Defines the profile of filters that suits most instruction data."""

from pitchpipe import profile

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
