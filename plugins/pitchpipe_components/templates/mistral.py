"""Mistral's template with control tokens, of mistralai/Mistral-7B-Instruct-v0.3.

The system message and the tools stand in the first user's turn. The original writes them in the last one,
which only a prompt can have: with replies after each turn it would rewrite what was said before.
"""

import pitchpipe as pp
from pitchpipe import ToolCalls, jinja_text

_DECLARE = (
    jinja_text("[AVAILABLE_TOOLS] [")
    + "{% for tool in tools %}"
    + jinja_text('{"type": "function", "function": ')
    + "{{ tool['function'] | tojson }}"
    + jinja_text("}")
    + "{% if not loop.last %}{{ ', ' }}{% endif %}{% endfor %}"
    + jinja_text("][/AVAILABLE_TOOLS]")
)
_ID = "(call.get('id') or '') | length != 9"
_NO_ID = "{{ raise_exception('Mistral needs ids of 9 letters for calls and their results') }}"
_CALL = (
    "{% if message['content'] %}{{ raise_exception('Mistral says nothing beside a call') }}{% endif %}"
    + jinja_text("[TOOL_CALLS] [")
    + "{% for call in message['tool_calls'] %}{% if "
    + _ID
    + " %}"
    + _NO_ID
    + "{% endif %}"
    + jinja_text('{"name": "')
    + "{{ call['function']['name'] }}"
    + jinja_text('", "arguments": ')
    + "{{ call['function']['arguments'] | tojson }}"
    + jinja_text(', "id": "')
    + "{{ call['id'] }}"
    + jinja_text('"}')
    + "{% if not loop.last %}{{ ', ' }}{% endif %}{% endfor %}"
    + jinja_text("]")
)
_RESULT = (
    "{% if (message.get('tool_call_id') or '') | length != 9 %}"
    + _NO_ID
    + "{% endif %}"
    + jinja_text('[TOOL_RESULTS] {"content": ')
    + "{{ message['content'] }}"
    + jinja_text(', "call_id": "')
    + "{{ message['tool_call_id'] }}"
    + jinja_text('"}[/TOOL_RESULTS]')
)

MISTRAL = pp.turns(
    user=("[INST] ", "[/INST]"),
    assistant=("", "{eos}"),
    lead=" ",
    fold=("", "\n\n"),
    tokens=(
        *("[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]"),
        *("[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]"),
    ),
    calls=ToolCalls(_DECLARE, "ahead", _CALL, _RESULT, ends="[/TOOL_RESULTS]"),
)
