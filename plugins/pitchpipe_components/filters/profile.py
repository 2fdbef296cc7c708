"""The filters that suit most instruction data, under one name."""

from pitchpipe import profile

SFT_DEFAULT = profile(
    [
        "interface_residue",
        "control_tokens",
        {"length": {"max_conversation_chars": 200_000}},
        {"echo": {"max_echo": 0.99}},
        "placeholders",
        "prompt_leakage",
        "teacher_identity",
        {"truncated": {"ellipsis": False, "etc": False}},
        "repetition",
        {"refusals": {"action": "tag"}},
        "exact_duplicates",
    ],
    "What suits most instruction data: mends residue, drops what is broken, keeps short answers.",
)
