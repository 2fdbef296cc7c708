"""Pages of peek, read back."""

import json
from html.parser import HTMLParser

from pitchpipe.host.host import Host
from pitchpipe_tools.peek.columns import Column
from pitchpipe_tools.peek.hops import peeked_rows
from pitchpipe_tools.peek.page import render
from pitchpipe_tools.recipe_file.load import load

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)></details></style>\" onclick='x' & ]]> <!--"
RECIPE = """\
model: tiny
template: chatml
collator: {packed: {length: 180, too_long: cut_end}}
loaders:
  - files: {path: rows.jsonl, name: mine}
filters:
  - length: {max_reply_chars: 300}
"""
ROWS = [
    {"instruction": "Say hello in Japanese.", "output": "やあ、元気 かい 👩‍🔬", "category": "greeting"},
    {"instruction": HOSTILE, "output": f"Odd: {HOSTILE}"[:60], "category": "<b>odd</b>"},
    {
        "instruction": "Code",
        "input": "a\ttab",
        "output": "def f(x):\n    return x\n\n\nprint()\r\n\u202e<|im_end|>",
    },
    {"instruction": "Too long for a row", "output": "long " * 40},
    {"instruction": "Too long for the filter", "output": "long " * 80},
    {"instruction": "A file", "output": [{"type": "file"}]},
    {"instruction": "&amp; so on", "output": "It is &amp; was."},
]


class Page(HTMLParser):
    """The page, read back: tags, words, and the boxes of each column of tokens."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.columns, self.words, self.open = set(), set(), [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.add(tag)
        self.attributes |= set(found)
        kinds = (found.get("class") or "").split()
        if "tokens" in kinds:
            self.columns.append([])
        if "data-id" in found:
            self.columns[-1].append((int(found["data-id"]), set(kinds), found["title"]))
        if tag == "details" and "one" in kinds:
            self.open.append("open" in found)

    def handle_data(self, data):
        self.words += data


def columns_of(folder, rows, *beside, recipe=RECIPE):
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = folder / "recipe.yaml"
    path.write_text(recipe)
    host = Host.from_environment(folder)
    given = [(), *([beside] if beside else [])]
    return [Column(load(path, host, *settings), settings) for settings in given]


def page_of(folder, rows, *beside, recipe=RECIPE):
    columns = columns_of(folder, rows, *beside, recipe=recipe)
    seen = list(peeked_rows(columns, len(rows), 0, None))
    return Page(render(columns, seen)), seen, columns
