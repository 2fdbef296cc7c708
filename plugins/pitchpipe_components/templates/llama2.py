"""The template of meta-llama/Llama-2-7b-chat-hf. Each exchange begins with bos and ends with eos."""

import pitchpipe as pp

LLAMA2 = pp.turns(
    user=("{bos}[INST] ", " [/INST]"),
    assistant=("", " {eos}"),
    lead=" ",
    fold=("<<SYS>>\n", "\n<</SYS>>\n\n"),
    begin="",
    trim=True,
)
