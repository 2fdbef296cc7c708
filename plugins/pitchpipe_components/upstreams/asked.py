"""A request as OpenAI's protocol says it to another server."""

import json
from typing import Any

import pitchpipe as pp
from pitchpipe_components.wire.address import CHAT, RAW, is_openai

EFFORT = "reasoning_effort"  # a variable of chat templates that has a parameter of its own
Body = dict[str, Any]


def path_of(request: pp.Request) -> str:
    return CHAT if request.text is None and request.tokens is None else RAW


def body_of(request: pp.Request, url: str, model: str) -> Body:
    """What is sent. What a client did not name, or what is usual anyway, is left out: servers have their own
    usual values, and not every one knows all."""
    chat, wish = path_of(request) == CHAT, request.wish
    most = "max_completion_tokens" if chat and is_openai(url) else "max_tokens"
    body: Body = {"model": model, **(_messages(request) if chat else _text(request))}
    body |= {"stream": True, "stream_options": {"include_usage": True}}
    unusual: Body = {
        "temperature": wish.sampling.temperature if "temperature" not in wish.left else None,
        "top_p": wish.sampling.top_p if wish.sampling.top_p != 1 else None,
        "top_k": wish.sampling.top_k or None,
        "min_p": wish.sampling.min_p or None,
        most: wish.max_tokens,
        "stop": list(wish.stop) or None,
        "n": wish.count if wish.count != 1 else None,
        "seed": wish.seed,
        "logit_bias": {str(token): value for token, value in wish.bias.items()} or None,
        "frequency_penalty": wish.frequency_penalty or None,
        "presence_penalty": wish.presence_penalty or None,
        "parallel_tool_calls": False if wish.calls == 1 and request.conversation.tools else None,
        EFFORT: wish.variables.get(EFFORT),
        "chat_template_kwargs": {n: value for n, value in wish.variables.items() if n != EFFORT} or None,
    }
    if wish.logprobs is not None:
        unusual |= {"logprobs": True, "top_logprobs": wish.logprobs} if chat else {"logprobs": wish.logprobs}
    return body | {name: value for name, value in unusual.items() if value is not None}


def _text(request: pp.Request) -> Body:
    return {"prompt": list(request.tokens) if request.tokens is not None else request.text}


def _messages(request: pp.Request) -> Body:
    asked = request.conversation
    said: Body = {"messages": [_message(message) for message in asked.messages]}
    return said | ({"tools": [_tool(tool) for tool in asked.tools]} if asked.tools else {})


def _message(message: pp.Message) -> Body:
    content = f"{message.content}\n\n{message.context}" if message.context else message.content
    said: Body = {"role": message.role, "content": content}
    if message.reasoning:
        said["reasoning_content"] = message.reasoning
    if message.tool_calls:
        said["tool_calls"] = [_call(call, number) for number, call in enumerate(message.tool_calls)]
        said["content"] = content or None  # as OpenAI's own servers say it
    more = {"name": message.name, "tool_call_id": message.tool_call_id}
    return said | {name: value for name, value in more.items() if value}


def _call(call: Body, number: int) -> Body:
    function = call.get("function", call)
    arguments = function.get("arguments", "{}")
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    named = {"name": function.get("name", ""), "arguments": text}
    return {"id": str(call.get("id") or f"call_{number}"), "type": "function", "function": named}


def _tool(tool: Body) -> Body:
    return tool if "function" in tool else {"type": "function", "function": tool}
