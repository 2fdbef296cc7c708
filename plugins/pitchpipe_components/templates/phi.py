"""The templates of microsoft/Phi-3-mini-4k-instruct and microsoft/phi-4. Neither begins with bos.

Phi 3's own writes the tokenizer's end token behind a whole conversation. No server goes on behind the
`<|end|>` of a reply, so that token would never be said: it is not written here.
"""

import pitchpipe as pp


def _phi3(role: str) -> tuple[str, str]:
    return f"<|{role}|>\n", "<|end|>\n"


def _phi4(role: str) -> tuple[str, str]:
    return f"<|im_start|>{role}<|im_sep|>", "<|im_end|>"


PHI3 = pp.turns(
    system=_phi3("system"),
    user=_phi3("user"),
    assistant=_phi3("assistant"),
    begin="",
    stop="<|end|>",
    tokens=("<|system|>", "<|user|>", "<|assistant|>", "<|end|>"),
)
PHI4 = pp.turns(
    system=_phi4("system"),
    user=_phi4("user"),
    assistant=_phi4("assistant"),
    begin="",
    stop="<|im_end|>",
    tokens=("<|im_start|>", "<|im_sep|>", "<|im_end|>"),
)
