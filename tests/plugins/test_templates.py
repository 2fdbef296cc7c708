"""Golden renders, learned text marked with > and <; and parity with the vendors' own chat templates."""

import jinja2
import pytest

import pitchpipe as pp
from pitchpipe_plugins.templates import ALPACA, ALPACA_SHORT, CHATML, LLAMA3

TALK = pp.Conversation(
    (
        pp.Message("system", "Be brief."),
        pp.Message("user", "Write in capitals.", context="tiny"),
        pp.Message("assistant", "TINY"),
        pp.Message("user", "Again?"),
        pp.Message("assistant", "No."),
    )
)
ALONE = pp.Conversation(TALK.messages[1:3])

CHATML_TALK = """\
<|im_start|>system
Be brief.<|im_end|>
<|im_start|>user
Write in capitals.

tiny<|im_end|>
<|im_start|>assistant
>TINY<><|im_end|><
<|im_start|>user
Again?<|im_end|>
<|im_start|>assistant
>No.<><|im_end|><
"""
LLAMA3_TALK = """\
<|begin_of_text|><|start_header_id|>system<|end_header_id|>

Be brief.<|eot_id|><|start_header_id|>user<|end_header_id|>

Write in capitals.

tiny<|eot_id|><|start_header_id|>assistant<|end_header_id|>

>TINY<><|eot_id|><<|start_header_id|>user<|end_header_id|>

Again?<|eot_id|><|start_header_id|>assistant<|end_header_id|>

>No.<><|eot_id|><"""
ALPACA_TALK = """\
Be brief.

### Instruction:
Write in capitals.

### Input:
tiny

### Response:
>TINY<>{eos}<

### Instruction:
Again?

### Response:
>No.<>{eos}<

"""
ALPACA_ALONE = """\
Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.

### Instruction:
Write in capitals.

### Input:
tiny

### Response:
>TINY<>{eos}<

"""


@pytest.mark.parametrize(
    ("template", "conversation", "golden"),
    [
        (CHATML, TALK, CHATML_TALK),
        (LLAMA3, TALK, LLAMA3_TALK),
        (ALPACA, TALK, ALPACA_TALK),
        (ALPACA_SHORT, TALK, ALPACA_TALK),
        (ALPACA, ALONE, ALPACA_ALONE),
        (ALPACA_SHORT, ALONE, ALPACA_ALONE.partition("\n\n")[2]),
    ],
    ids=["chatml", "llama3", "alpaca", "alpaca_short", "alpaca alone", "alpaca_short alone"],
)
def test_golden_renders(template, conversation, golden):
    marked = (f">{p.text}<" if p.learn and p.text else p.text for p in template(conversation))
    assert "".join(marked).replace("{bos}", "") == golden


# Qwen2.5's and Llama 3's, without the parts that only tools use.
QWEN = "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}"
LLAMA = "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"


@pytest.mark.parametrize(("template", "theirs"), [(CHATML, QWEN), (LLAMA3, LLAMA)], ids=["chatml", "llama3"])
@pytest.mark.parametrize("prompt", [True, False])
def test_ours_and_the_vendors_chat_template_write_the_same(template, theirs, prompt):
    messages = [
        {"role": "system", "content": "Be 'brief' \\ now.\n"},
        {"role": "user", "content": "  Hi\n\nthere "},
        {"role": "assistant", "content": "{{ no }}"},
        {"role": "user", "content": "é👩‍🚀"},
    ]
    said = {"messages": messages, "add_generation_prompt": prompt, "bos_token": "<|begin_of_text|>"}
    ours = jinja2.Environment().from_string(template.jinja("", "<|end|>")).render(said)
    assert ours == jinja2.Environment().from_string(theirs).render(said)
