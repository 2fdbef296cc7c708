"""As much of Go's text/template as Modelfiles need: actions, conditions, ranges, variables, the functions eq, ne, and,
not, len, slice and index. Written to the documentation of text/template; it knows nothing of ours."""

import json
import re

ACTION = re.compile(r'\{\{((?:"(?:[^"\\]|\\.)*"|[^"])*?)\}\}', re.DOTALL)
WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\(|\)|[^\s()]+')


def render(source, data):
    """The text that Go writes for data with the keys Messages and System."""
    nodes, rest = parse(tokens(source))
    assert rest is None
    return write(nodes, data, [{"$": data}])


def tokens(source):
    at = 0
    for action in ACTION.finditer(source):
        assert not action[1].startswith("-") and not action[1].endswith("-")
        yield ("text", source[at : action.start()])
        yield ("do", action[1].strip())
        at = action.end()
    yield ("text", source[at:])


def parse(stream):
    """Nodes up to an `end` or an `else`, and that word."""
    nodes = []
    for kind, text in stream:
        word, _, rest = text.partition(" ")
        if kind == "text":
            nodes.append(("text", text))
        elif text == "end" or word == "else":
            return nodes, text
        elif word == "if":
            nodes.append(condition(rest, stream))
        elif word == "range":
            body, end = parse(stream)
            assert end == "end"
            nodes.append(("range", *rest.split(":="), body))
        else:
            nodes.append(("do", text))
    return nodes, None


def condition(test, stream):
    then, end = parse(stream)
    if end == "end":
        return ("if", test, then, [])
    if end == "else":
        other, end = parse(stream)
        assert end == "end"
        return ("if", test, then, other)
    return ("if", test, then, [condition(end.removeprefix("else if "), stream)])


def write(nodes, dot, scopes):
    out = []
    for kind, *node in nodes:
        if kind == "text":
            out.append(node[0])
        elif kind == "do":
            out.append(do(node[0], dot, scopes))
        elif kind == "if":
            test, then, other = node
            out.append(write(then if value(test, dot, scopes) else other, dot, [*scopes, {}]))
        else:
            names, of, body = node
            number, entry = (name.strip() for name in names.split(","))
            for at, one in enumerate(value(of, dot, scopes)):
                out.append(write(body, one, [*scopes, {number: at, entry: one}]))
    return "".join(out)


def do(text, dot, scopes):
    if made := re.fullmatch(r"(\$\w+) (:?=) (.*)", text, re.DOTALL):
        name, how, rest = made.groups()
        home = scopes[-1] if how == ":=" else next(s for s in reversed(scopes) if name in s)
        home[name] = value(rest, dot, scopes)
        return ""
    return str(value(text, dot, scopes))


def value(text, dot, scopes):
    words = WORD.findall(text)
    found = call(words, dot, scopes)
    assert not words
    return found


def call(words, dot, scopes):
    """A function with what follows, or one operand."""
    functions = {
        "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "and": lambda a, b: a and b,
        "not": lambda a: not a, "len": len, "slice": lambda a, b: a[b:], "index": lambda a, b: a[b],
    }  # fmt: skip
    if words[0] not in functions:
        return operand(words, dot, scopes)
    function, given = functions[words.pop(0)], []
    while words and words[0] != ")":
        given.append(operand(words, dot, scopes))
    return function(*given)


def operand(words, dot, scopes):
    word = words.pop(0)
    if word == "(":
        found = call(words, dot, scopes)
        assert words.pop(0) == ")"
        return found
    if word.startswith('"'):
        return json.loads(word)
    if word.isdigit():
        return int(word)
    if word.startswith("$"):
        name, _, field = word.partition(".")
        found = next(scope[name] for scope in reversed(scopes) if name in scope)
        return found[field] if field else found
    assert word.startswith(".")
    return dot[word[1:]]
