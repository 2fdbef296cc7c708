"""Llama 3's template. Like Meta's own it trims what people say."""

import pitchpipe as pp


def _turn(role: str) -> tuple[str, str]:
    return f"<|start_header_id|>{role}<|end_header_id|>\n\n", "<|eot_id|>"


LLAMA3 = pp.turns(
    system=_turn("system"),
    user=_turn("user"),
    assistant=_turn("assistant"),
    begin="<|begin_of_text|>",
    stop="<|eot_id|>",
    tokens=("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
    trim=True,
)
