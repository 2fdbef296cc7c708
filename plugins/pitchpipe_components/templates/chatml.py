"""ChatML, the template of Qwen and many others. Tools and reasoning are written as Qwen3 writes them.

Of Qwen's own variants it leaves out what serves no prompt: the empty thought that Qwen3 writes into the last
reply, and the system message of Qwen2.5 where a conversation has none.
"""

import pitchpipe as pp
from pitchpipe import ToolCalls, jinja_text

# The words of the chat template of Qwen/Qwen3-8B, to the letter.
_TOOLS = (
    "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
    "You are provided with function signatures within <tools></tools> XML tags:\n<tools>"
)
_CALLING = (
    "\n</tools>\n\nFor each function call, return a json object with function name and arguments within"
    " <tool_call></tool_call> XML tags:\n<tool_call>\n"
    '{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>'
)
_DECLARE = (
    jinja_text(_TOOLS)
    + "{% for tool in tools %}"
    + jinja_text("\n")
    + "{{ tool | tojson }}{% endfor %}"
    + jinja_text(_CALLING)
)
_CALL = (
    "{% if message['content'] %}{{ message['content'] }}{% endif %}{% for call in message['tool_calls'] %}"
    "{% if message['content'] or not loop.first %}"
    + jinja_text("\n")
    + "{% endif %}"
    + jinja_text('<tool_call>\n{"name": "')
    + "{{ call['function']['name'] }}"
    + jinja_text('", "arguments": ')
    + "{{ call['function']['arguments'] | tojson }}"
    + jinja_text("}\n</tool_call>")
    + "{% endfor %}"
)
# Results that follow each other share a turn of the user.
_RESULT = (
    "{% if loop.first or messages[loop.index0 - 1]['role'] != 'tool' %}"
    + jinja_text("<|im_start|>user")
    + "{% endif %}"
    + jinja_text("\n<tool_response>\n")
    + "{{ message['content'] }}"
    + jinja_text("\n</tool_response>")
    + "{% if loop.last or messages[loop.index0 + 1]['role'] != 'tool' %}"
    + jinja_text("<|im_end|>\n")
    + "{% endif %}"
)

CHATML = pp.turns(
    system=("<|im_start|>system\n", "<|im_end|>\n"),
    user=("<|im_start|>user\n", "<|im_end|>\n"),
    assistant=("<|im_start|>assistant\n", "<|im_end|>\n"),
    stop="<|im_end|>",
    tokens=("<|im_start|>", "<|im_end|>"),
    think=("<think>\n", "\n</think>\n\n"),
    calls=ToolCalls(_DECLARE, "system", _CALL, _RESULT),
)
