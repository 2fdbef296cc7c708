"""The template of Vicuna v1.1, from github.com/lm-sys/FastChat. It fits any tokenizer with an end token."""

import pitchpipe as pp

VICUNA = pp.turns(
    system=("", " "),
    user=("USER: ", " "),
    assistant=("ASSISTANT:", "{eos}"),
    lead=" ",
    preamble=(
        "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful,"
        " detailed, and polite answers to the user's questions. "
    ),
)
