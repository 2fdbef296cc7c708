"""The template of Alpaca. Its headings are plain text, so it fits any tokenizer with an end token."""

from typing import Any

import pitchpipe as pp

_TURNS: dict[str, Any] = {
    "system": ("", "\n\n"),
    "user": ("### Instruction:\n", "\n\n"),
    "context": ("\n\n### Input:\n", ""),
    "assistant": ("### Response:\n", "{eos}\n\n"),
}
# The exact preambles of github.com/tatsu-lab/stanford_alpaca, because models were trained on them.
_TASK = "Below is an instruction that describes a task"
_RESPOND = "Write a response that appropriately completes the request.\n\n"

ALPACA = pp.turns(
    **_TURNS,
    preamble=f"{_TASK}. {_RESPOND}",
    preamble_with_context=f"{_TASK}, paired with an input that provides further context. {_RESPOND}",
)
ALPACA_SHORT = pp.turns(**_TURNS)
