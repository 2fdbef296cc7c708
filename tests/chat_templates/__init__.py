"""Chat templates in the shapes of models in use, in our own words, with the tokens that each needs."""

# ruff: noqa: RUF001  DeepSeek writes wide signs in its tokens
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.chat_templates import tokens

HERE = Path(__file__).parent
CHATML = ("<|im_start|>", "<|im_end|>")
TURNS3 = ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
MISTRAL = ("[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]")
MISTRAL += (
    "[TOOL_CALLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[ARGS]",
)
GEMMA = ("<start_of_turn>", "<end_of_turn>")
GEMMA4 = ("<|turn>", "<turn|>", "<|tool>", "<tool|>", "<|tool_call>", "<tool_call|>", "<|tool_response>")
GEMMA4 += ("<tool_response|>", "<|channel>", "<channel|>", "<|think|>", '<|"|>')
DEEPSEEK = tuple(
    f"<｜tool▁{name}▁{end}｜>" for name in ("calls", "call", "outputs", "output") for end in ("begin", "end")
)
DEEPSEEK += ("<｜tool▁sep｜>",)
DEEPSEEK_ROLES = ("<｜User｜>", "<｜Assistant｜>")  # no special tokens in the distilled ones
COHERE = ("<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "<|SYSTEM_TOKEN|>", "<|USER_TOKEN|>")
COHERE += ("<|CHATBOT_TOKEN|>", "<|START_RESPONSE|>", "<|END_RESPONSE|>")
COMMAND = tuple(
    f"<|{end}_{name}|>" for name in ("THINKING", "ACTION", "TOOL_RESULT") for end in ("START", "END")
)
HARMONY = ("<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|call|>", "<|return|>")
KIMI = ("<|im_user|>", "<|im_assistant|>", "<|im_system|>", "<|im_middle|>", "<|im_end|>")
KIMI += ("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>")
KIMI += ("<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>")
LFM2 = tuple(f"<|tool_{name}_{end}|>" for name in ("call", "response") for end in ("start", "end"))
ROLES = ("<|system|>", "<|user|>", "<|assistant|>", "<|tool|>")
THINK, CALL = ("<think>", "</think>"), ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")


class Shape(NamedTuple):
    """What a tokenizer must have for a chat template."""

    special: tuple[str, ...]
    ends: tuple[str, ...]  # what may end a reply
    plain: tuple[str, ...] = ()  # tokens of their own that are not special
    bos: str = "<s>"
    eos: str = "</s>"
    days: tuple[str, ...] = ()  # names that the chat template has for what it would ask the clock


IM_END = ("<|im_end|>",)
SHAPES = {
    "calls_alone": Shape((*CHATML, "<|tool_call|>"), IM_END),
    "chatml": Shape(CHATML, IM_END, bos="", eos="<|im_end|>"),
    "chatml_default_system": Shape(CHATML, IM_END, bos=""),
    "command_a": Shape((*COHERE, *COMMAND), ("<|END_RESPONSE|>", "<|END_OF_TURN_TOKEN|>"), bos="<BOS_TOKEN>"),
    "command_r": Shape(COHERE, ("<|END_RESPONSE|>", "<|END_OF_TURN_TOKEN|>"), bos="<BOS_TOKEN>", eos="<|END_OF_TURN_TOKEN|>"),
    "silent_calls": Shape((*ROLES, "<|call|>", "<|end|>"), ("<|end|>",)),
    "deepseek_r1": Shape(
        DEEPSEEK, ("<｜end▁of▁sentence｜>",), (*DEEPSEEK_ROLES, *THINK),
        "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>",
    ),
    "deepseek_v3": Shape(
        (*DEEPSEEK, *DEEPSEEK_ROLES), ("<｜end▁of▁sentence｜>",), (),
        "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>",
    ),
    "deepseek_v31": Shape(
        (*DEEPSEEK, *DEEPSEEK_ROLES), ("<｜end▁of▁sentence｜>",), THINK,
        "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>",
    ),
    "gemma": Shape(GEMMA, ("<end_of_turn>",), bos="<bos>", eos="<eos>"),
    "gemma3": Shape(GEMMA, ("<end_of_turn>",), bos="<bos>", eos="<eos>"),
    "gemma4": Shape(GEMMA4, ("<turn|>", "<|tool_response>"), bos="<bos>", eos="<eos>"),
    "generation_marks": Shape(TURNS3, ("<|eot_id|>",), bos="<|begin_of_text|>", eos="<|eot_id|>"),
    "gigachat": Shape(("<|role_sep|>", "<|message_sep|>", "<|function_call|>"), ("<|message_sep|>",)),
    "glm4": Shape(
        ("[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>"),
        ("<|user|>", "<|observation|>"), (*THINK, *CALL), "", "<|endoftext|>",
    ),
    "gpt_oss": Shape(HARMONY, ("<|return|>", "<|call|>", "<|end|>"), bos="<|startoftext|>", eos="<|return|>"),
    "granite": Shape(
        ("<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>", "<|tool_call|>"), ("<|end_of_text|>",),
        bos="", eos="<|end_of_text|>",
    ),
    "kimi": Shape(KIMI, IM_END, THINK, "[BOS]", "[EOS]"),
    "lfm2": Shape((*CHATML, *LFM2), IM_END, THINK, "<|startoftext|>", "<|im_end|>"),
    "llama2": Shape((), ("</s>",)),
    "llama3": Shape(TURNS3, ("<|eot_id|>",), bos="<|begin_of_text|>", eos="<|eot_id|>"),
    "llama3_dated": Shape(
        (*TURNS3, "<|eom_id|>"), ("<|eot_id|>", "<|eom_id|>"), (), "<|begin_of_text|>", "<|eot_id|>", ("date_string",)
    ),
    "minimax": Shape(
        ("]~!b[", "]~b]", "[e~["), ("[e~[",), (*THINK, "<minimax:tool_call>", "</minimax:tool_call>"), "", "[e~["
    ),
    "mistral_nemo": Shape(MISTRAL, ("</s>",)),
    "mistral_tekken": Shape(MISTRAL, ("</s>",)),
    "mistral_v1": Shape((), ("</s>",)),
    "mistral_v3": Shape(MISTRAL, ("</s>",)),
    "named_set": Shape(CHATML, IM_END, CALL, bos=""),
    "nemotron": Shape(CHATML, IM_END, (*THINK, *CALL)),
    "own_bos": Shape(ROLES, ("</s>",)),
    "parts": Shape(("<|im_start|>", "<end_of_utterance>", "<image>"), ("<end_of_utterance>",), bos=""),
    "phi3": Shape((*ROLES, "<|end|>", "<|endoftext|>"), ("<|end|>", "<|endoftext|>"), eos="<|endoftext|>"),
    "phi4": Shape((*CHATML, "<|im_sep|>"), IM_END, bos="", eos="<|im_end|>"),
    "qwen2": Shape(CHATML, IM_END, CALL[:2], "", "<|im_end|>"),
    "qwen3": Shape(CHATML, IM_END, (*THINK, *CALL), "", "<|im_end|>"),
    "qwen35": Shape(CHATML, IM_END, (*THINK, *CALL), "", "<|im_end|>"),
    "qwq": Shape(CHATML, IM_END, (*THINK, *CALL), "", "<|im_end|>"),
    "requires_system": Shape((*ROLES, "<|end|>"), ("<|end|>",), bos=""),
    "requires_tools": Shape(CHATML, IM_END, bos=""),
    "seed": Shape(("<seed:think>", "</seed:think>", "<seed:tool_call>", "</seed:tool_call>"), ("<seed:eos>",), (), "<seed:bos>", "<seed:eos>"),
    "smollm3": Shape(CHATML, IM_END, (*THINK, *CALL), "", "<|im_end|>"),
    "step": Shape(CHATML, IM_END, (*THINK, *CALL)),
    "strict_alternation": Shape((*ROLES, "<|end|>"), ("<|end|>",), bos=""),
    "trims_all": Shape(CHATML, IM_END, bos=""),
}  # fmt: skip


@cache
def source(name: str) -> str | dict[str, str]:
    """A chat template's source; of a set, all sources by their names."""
    file = HERE / f"{name}.jinja"
    if file.is_file():
        return file.read_text("utf-8")
    return {part.stem.partition(".")[2]: part.read_text("utf-8") for part in HERE.glob(f"{name}.*.jinja")}


def tokenizer_of(name: str) -> Any:
    """A new tokenizer with this chat template and its tokens."""
    shape = SHAPES[name]
    return tokens.tokenizer(source(name), shape.special, shape.plain, shape.bos, shape.eos)
