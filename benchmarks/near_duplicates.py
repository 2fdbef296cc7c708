"""near_duplicates beside MinHashLSH of datasketch, which must be installed.

    python benchmarks/near_duplicates.py

Documents of about 120 words, a fifth of them edits of another one whose Jaccard similarity (word 5-grams)
lies around the threshold. What is truly alike is counted exactly, on the texts.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path
from random import Random

import pitchpipe as pp
from pitchpipe_components.duplicates import NearDuplicates
from pitchpipe_stages.data.sketches import StoredSketches, write

THRESHOLD, NGRAM = 0.8, 5
Pairs = set[tuple[int, int]]


def documents(count: int) -> tuple[list[str], Pairs]:
    """Texts, and the pairs that were made of one another."""
    random = Random(1)
    words = ["".join(random.choices("etaoinshrdlu", k=random.randint(2, 9))) for _ in range(20_000)]
    texts: list[list[str]] = []
    planted = set()
    while len(texts) < count:
        if random.random() < 0.8 or not texts:
            texts.append(random.choices(words, k=random.randint(80, 160)))
        else:
            of = random.randrange(len(texts))
            edit = list(texts[of])
            for _ in range(random.randint(0, 5)):
                edit[random.randrange(len(edit))] = random.choice(words)
            planted.add((of, len(texts)))
            texts.append(edit)
    return [" ".join(text).capitalize() + "." for text in texts], planted


def shingles(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[start : start + NGRAM]) for start in range(len(words) - NGRAM + 1)}


def truth(texts: list[str], planted: Pairs) -> Pairs:
    """All pairs at or above the threshold: only texts that descend from one another share shingles at all."""
    family = list(range(len(texts)))
    for of, edit in sorted(planted, key=lambda pair: pair[1]):
        family[edit] = family[of]
    members: dict[int, list[int]] = {}
    for row, ancestor in enumerate(family):
        members.setdefault(ancestor, []).append(row)
    sets = {row: shingles(texts[row]) for rows in members.values() if len(rows) > 1 for row in rows}
    pairs = [pair for rows in members.values() for pair in combinations(rows, 2)]
    return {(a, b) for a, b in pairs if len(sets[a] & sets[b]) >= THRESHOLD * len(sets[a] | sets[b])}


def ours(texts: list[str]) -> Pairs:
    """Each row that goes, with the one that stays."""
    filter = NearDuplicates(threshold=THRESHOLD, ngram=NGRAM)
    rows = [pp.Conversation((pp.Message("user", text),)) for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for start in range(0, len(rows), 5000):
            files.append(Path(folder, str(start)))
            write(filter.sketch(rows[start : start + 5000]), files[-1])
        found = filter.compare(StoredSketches(files, Path(folder)))
    return {(min(pair), max(pair)) for pair in zip(found.rows.tolist(), found.of.tolist(), strict=True)}


def theirs(texts: list[str], batched: bool = False) -> Pairs:
    """Each row with all that the index proposes, as its documentation shows it, or with its faster call."""
    from datasketch import MinHash, MinHashLSH

    index, pairs = MinHashLSH(threshold=THRESHOLD, num_perm=128), set()
    for row, text in enumerate(texts):
        sketch, parts = MinHash(num_perm=128), [shingle.encode() for shingle in shingles(text)]
        if batched:
            sketch.update_batch(parts)
        else:
            for part in parts:
                sketch.update(part)
        pairs |= {(other, row) for other in index.query(sketch)}
        index.insert(row, sketch)
    return pairs


def leaving(true: Pairs) -> set[int]:
    """The rows that should go: taken in order, each that is alike to one that stays."""
    like: dict[int, list[int]] = {}
    for earlier, later in true:
        like.setdefault(later, []).append(earlier)
    gone: set[int] = set()
    for row in sorted(like):
        if not gone.issuperset(like[row]):
            gone.add(row)
    return gone


def score(found: Pairs, true: Pairs) -> tuple[float, float]:
    """Of the rows that should go, how many are found; of the pairs that are found, how many are true."""
    should, found_rows = leaving(true), {later for _, later in found & true}
    return len(found_rows & should) / len(should), len(found & true) / len(found)


def cpu_seconds(find: Callable[[list[str]], Pairs], texts: list[str]) -> tuple[float, Pairs]:
    began = time.process_time()
    found = find(texts)
    return time.process_time() - began, found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    texts, planted = documents(parser.parse_args().documents)
    true = truth(texts, planted)
    print(f"{len(texts)} documents, {len(true)} pairs of Jaccard similarity {THRESHOLD} or more")
    ours(texts[:2000])  # imports, tables
    peers = {"datasketch, update": theirs, "datasketch, update_batch": partial(theirs, batched=True)}
    speeds = {}
    for name, find in {"pitchpipe": ours, **peers}.items():
        seconds, found = min((cpu_seconds(find, texts) for _ in range(3)), key=lambda run: run[0])
        speeds[name] = len(texts) / seconds
        recall, precision = score(found, true)
        print(f"{name:24} {speeds[name]:7.0f} documents/s   recall {recall:.3f}   precision {precision:.3f}")
    for name in peers:
        print(
            f"{speeds['pitchpipe'] / speeds[name]:.0f} times as fast as {name}, by processor time on one core"
        )
