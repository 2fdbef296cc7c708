"""The template of google/gemma-7b-it. A system message becomes part of the first user turn, as in Gemma 3."""

import pitchpipe as pp

GEMMA = pp.turns(
    user=("<start_of_turn>user\n", "<end_of_turn>\n"),
    assistant=("<start_of_turn>model\n", "<end_of_turn>\n"),
    fold=("", "\n\n"),
    stop="<end_of_turn>",
    tokens=("<start_of_turn>", "<end_of_turn>"),
    trim=True,
)
