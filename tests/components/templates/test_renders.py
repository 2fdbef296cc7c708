"""Each built-in template, word for word."""

import jinja2
import pytest

import pitchpipe as pp
from pitchpipe_components.templates import ALPACA, ALPACA_SHORT, CHATML, DATA, LLAMA3
from pitchpipe_stages.render.writer import writer_of

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
    marked = (f">{p.text}<" if p.learn and p.text else p.text for p in writer_of(template)(conversation))
    assert "".join(marked).replace("{bos}", "") == golden


SHORT = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Yo"), *TALK.messages[3:]))
GOLDEN = {
    "gemma": "<start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\n>Yo<><end_of_turn><\n<start_of_turn>user\nAgain?<end_of_turn>\n<start_of_turn>model\n>No.<><end_of_turn><\n",
    "llama2": "[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]> <>Yo<> {eos}<[INST] Again? [/INST]> <>No.<> {eos}<",
    "mistral": "[INST] Be brief.\n\nHi[/INST]> <>Yo<>{eos}<[INST] Again?[/INST]> <>No.<>{eos}<",
    "phi3": "<|system|>\nBe brief.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\n>Yo<><|end|><\n<|user|>\nAgain?<|end|>\n<|assistant|>\n>No.<><|end|><\n",
    "phi4": "<|im_start|>system<|im_sep|>Be brief.<|im_end|><|im_start|>user<|im_sep|>Hi<|im_end|><|im_start|>assistant<|im_sep|>>Yo<><|im_end|><<|im_start|>user<|im_sep|>Again?<|im_end|><|im_start|>assistant<|im_sep|>>No.<><|im_end|><",
    "plain": "###system###\nBe brief.\n\n###human###\nHi\n\n###assistant###\n>Yo<>{eos}<\n\n###human###\nAgain?\n\n###assistant###\n>No.<>{eos}<\n\n",
    "plain_instruction": "###system###\nBe brief.\n\n###instruction###\nHi\n\n###response###\n>Yo<>{eos}<\n\n###instruction###\nAgain?\n\n###response###\n>No.<>{eos}<\n\n",
    "vicuna": "Be brief. USER: Hi ASSISTANT:> <>Yo<>{eos}<USER: Again? ASSISTANT:> <>No.<>{eos}<",
    "zephyr": "<|system|>\nBe brief.{eos}\n<|user|>\nHi{eos}\n<|assistant|>\n>Yo<>{eos}<\n<|user|>\nAgain?{eos}\n<|assistant|>\n>No.<>{eos}<\n",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_renders_of_the_others(name):
    said = pp.replace(SHORT, messages=(TALK.messages[0], *SHORT.messages))
    marked = (f">{p.text}<" if p.learn and p.text else p.text for p in writer_of(DATA[name])(said))
    assert "".join(marked).replace("{bos}", "") == GOLDEN[name]


def test_vicuna_says_who_is_talking_where_nobody_else_does():
    assert "".join(piece.text for piece in writer_of(DATA["vicuna"])(SHORT)).startswith(
        "{bos}A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful,"
        " detailed, and polite answers to the user's questions. USER: Hi ASSISTANT: Yo{eos}USER: "
    )


# The chat templates of Qwen2.5, Llama 3, Gemma, Phi 3, phi-4, Llama 2, Mistral 7B v0.3 and Zephyr as their makers
# published them, without the parts that only tools use, and without the end token that Phi 3's writes behind a whole
# conversation.
THEIRS = {
    "chatml": "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}",
    "llama3": "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
    "gemma": "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}",
    "phi3": "{% for message in messages %}{{'<|' + message['role'] + '|>' + '\n' + message['content'] + '<|end|>\n' }}{% endfor %}{% if add_generation_prompt and messages[-1]['role'] != 'assistant' %}{{- '<|assistant|>\n' -}}{% endif %}",
    "phi4": "{% for message in messages %}{% if (message['role'] == 'system') %}{{'<|im_start|>system<|im_sep|>' + message['content'] + '<|im_end|>'}}{% elif (message['role'] == 'user') %}{{'<|im_start|>user<|im_sep|>' + message['content'] + '<|im_end|>'}}{% elif (message['role'] == 'assistant') %}{{'<|im_start|>assistant<|im_sep|>' + message['content'] + '<|im_end|>'}}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant<|im_sep|>' }}{% endif %}",
    "llama2": "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\n' + system_message + '\n<</SYS>>\n\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    "mistral": '{{- bos_token }}{%- for message in messages %}{%- if message["role"] == "user" %}{{- "[INST] " + message["content"] + "[/INST]" }}{%- else %}{{- " " + message["content"] + eos_token }}{%- endif %}{%- endfor %}',
    "zephyr": "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}",
}


@pytest.mark.parametrize("prompt", [True, False])
@pytest.mark.parametrize("name", THEIRS)
def test_ours_and_the_vendors_chat_template_write_the_same(name, prompt):
    messages = [
        {"role": "system", "content": "Be 'brief' \\ now."},
        {"role": "user", "content": "  Hi\n\nthere "},
        {"role": "assistant", "content": "{{ no }}"},
        {"role": "user", "content": "é👩‍🚀"},
    ]
    messages = messages[name in ("gemma", "mistral", "llama2") :]
    bos = "" if name == "chatml" else "<s>" if name != "llama3" else "<|begin_of_text|>"  # Qwen has none
    said = {"messages": messages, "add_generation_prompt": prompt, "bos_token": bos, "eos_token": "</s>"}
    server = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    ours = server.from_string(writer_of(DATA[name]).jinja(bos, "</s>")).render(said)
    assert ours == server.from_string(THEIRS[name]).render(said)


@pytest.mark.parametrize("name", ["phi3", "phi4", "zephyr"])
def test_a_template_whose_original_writes_no_bos_writes_none(name):
    assert "{bos}" not in "".join(piece.text for piece in writer_of(DATA[name])(SHORT))
