"""The templates of microsoft/Phi-3-mini-4k-instruct and microsoft/phi-4."""

import pitchpipe as pp


def _phi3(role: str) -> tuple[str, str]:
    return f"<|{role}|>\n", "<|end|>\n"


def _phi4(role: str) -> tuple[str, str]:
    return f"<|im_start|>{role}<|im_sep|>", "<|im_end|>"


PHI3 = pp.turns(
    system=_phi3("system"),
    user=_phi3("user"),
    assistant=_phi3("assistant"),
    stop="<|end|>",
    tokens=("<|system|>", "<|user|>", "<|assistant|>", "<|end|>"),
)
PHI4 = pp.turns(
    system=_phi4("system"),
    user=_phi4("user"),
    assistant=_phi4("assistant"),
    stop="<|im_end|>",
    tokens=("<|im_start|>", "<|im_sep|>", "<|im_end|>"),
)
