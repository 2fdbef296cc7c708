"""The shape of the house in numbers: python benchmarks/house.py [ROOT]

ROOT is a checkout, this one where it is left out, so that two can be compared.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Container, Iterator
from pathlib import Path

Graph = dict[str, set[str]]


def modules(root: Path) -> dict[str, Path]:
    """All modules of the packages in core/ and plugins/."""
    found = {}
    for place in ("core", "plugins"):
        for file in sorted((root / place).rglob("*.py")):
            parts = file.relative_to(root / place).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imports(tree: ast.AST, known: Container[str]) -> Iterator[str]:
    """What a module imports when it runs, wherever in it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            named = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module or "" for name in named)
        yield from imports(node, known)


def graph_of(found: dict[str, Path]) -> Graph:
    trees = {name: ast.parse(file.read_text("utf-8")) for name, file in found.items()}
    return {n: {to for to in imports(tree, found) if to in found and to != n} for n, tree in trees.items()}


def circles(graph: Graph) -> int:
    """Groups of nodes that reach each other."""
    reach = {node: _reached(graph, node) for node in graph}
    groups = {frozenset(m for m in reach[n] if n in reach[m]) for n in graph if n in reach[n]}
    return len(groups)


def _reached(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    left = [start]
    while left:
        new = graph[left.pop()] - seen
        seen |= new
        left += new
    return seen


def rooms_of(graph: Graph) -> Graph:
    """Which room imports which: folders of a package, and the modules beside them."""
    rooms: Graph = defaultdict(set)
    for name, targets in graph.items():
        rooms[_room(name)] |= {_room(to) for to in targets} - {_room(name)}
    return dict(rooms)


def _room(name: str) -> str:
    return ".".join(name.split(".")[:2])


def main(root: Path) -> None:
    found = modules(root)
    graph = graph_of(found)
    texts = {name: file.read_text("utf-8") for name, file in found.items()}
    core = [name for name in found if name.split(".")[0] == "pitchpipe" and name != "pitchpipe.testing"]
    stages = [name for name in found if name.startswith("pitchpipe_stages")]
    components = [n for n in found if re.match(r"pitchpipe_(components|plugins)", n)]
    rows = {
        "files of core": len(core),
        "files of core on one floor": sum(found[name].parent == root / "core" / "pitchpipe" for name in core),
        "lines of core, the test kit apart": sum(texts[name].count("\n") for name in core),
        "circles of modules": circles(graph),
        "circles of rooms": circles(rooms_of(graph)),
        "Any in core and stages": sum(len(re.findall(r"\bAny\b", texts[n])) for n in core + stages),
        "type: ignore": sum(text.count("type: ignore") for text in texts.values()),
        "components that import what is behind the door": sum(
            any(re.match(r"pitchpipe\.|pitchpipe_(stages|tools)", to) for to in graph[name])
            for name in components
        ),
    }
    for what, number in rows.items():
        print(f"{what:50} {number:>7,}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1]).resolve())
