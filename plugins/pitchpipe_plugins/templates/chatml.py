"""ChatML, the template of Qwen and many others."""

import pitchpipe as pp

CHATML = pp.turns(
    system=("<|im_start|>system\n", "<|im_end|>\n"),
    user=("<|im_start|>user\n", "<|im_end|>\n"),
    assistant=("<|im_start|>assistant\n", "<|im_end|>\n"),
    stop="<|im_end|>",
    tokens=("<|im_start|>", "<|im_end|>"),
)
