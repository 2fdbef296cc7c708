"""Llama 3's template, of meta-llama/Meta-Llama-3-8B-Instruct. Like Meta's own it trims what people say.

Tools are written as Llama 3.1 and 3.2 write them, in the first user's turn, without the dates that those
write into every system message.
"""

import pitchpipe as pp
from pitchpipe import ToolCalls, jinja_text

# The words of the chat template of meta-llama/Llama-3.2-3B-Instruct, to the letter.
_TOOLS = (
    "Given the following functions, please respond with a JSON for a function call with its proper arguments"
    " that best answers the given prompt.\n\n"
    'Respond in the format {"name": function name, "parameters": dictionary of argument name and its value}.'
    "Do not use variables.\n\n"
)
_CALL = (
    "{% if message['content'] or message['tool_calls'] | length != 1 %}"
    "{{ raise_exception('Llama makes one call in a reply, and says nothing beside it') }}{% endif %}"
    + jinja_text('{"name": "')
    + "{{ message['tool_calls'][0]['function']['name'] }}"
    + jinja_text('", "parameters": ')
    + "{{ message['tool_calls'][0]['function']['arguments'] | tojson }}"
    + jinja_text("}")
)


def _turn(role: str) -> tuple[str, str]:
    return f"<|start_header_id|>{role}<|end_header_id|>\n\n", "<|eot_id|>"


_BEFORE, _AFTER = map(jinja_text, _turn("ipython"))

LLAMA3 = pp.turns(
    system=_turn("system"),
    user=_turn("user"),
    assistant=_turn("assistant"),
    begin="<|begin_of_text|>",
    stop="<|eot_id|>",
    tokens=("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
    trim=True,
    calls=ToolCalls(
        jinja_text(_TOOLS)
        + "{% for tool in tools %}{{ tool | tojson(indent=4) }}"
        + jinja_text("\n\n")
        + "{% endfor %}",
        "user",
        _CALL,
        _BEFORE + "{{ message['content'] | tojson }}" + _AFTER,
    ),
)
