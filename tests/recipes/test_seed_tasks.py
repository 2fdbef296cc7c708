"""The seed tasks that ship: sound, unlike each other, and nothing that a generator would not admit."""

import json

import pytest

from pitchpipe_components.formats.tasks import SelfInstruct
from pitchpipe_components.generators.self_instruct.instances import Instance
from pitchpipe_components.generators.self_instruct.presets import PRESETS
from pitchpipe_components.generators.self_instruct.rules import against_each, against_task
from pitchpipe_components.novelty.limit import NoveltyLimit
from tests.documents import ROOT

FILE = ROOT / "recipes" / "data" / "seed_tasks.jsonl"
SEEDS = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def test_there_are_175_of_all_kinds():
    assert len(SEEDS) == len({seed["id"] for seed in SEEDS}) == len({seed["name"] for seed in SEEDS}) == 175
    assert 20 <= sum(seed["is_classification"] for seed in SEEDS) <= 30
    assert sum(not seed["instruction"].isascii() for seed in SEEDS) >= 8
    assert {"id", "name", "instruction", "instances", "is_classification"} == set().union(*SEEDS)


def test_no_two_are_alike():
    index, near = NoveltyLimit(rouge_l=0.7).index(), []
    for seed in SEEDS:
        near += [(seed["name"], found) for found in [index.nearest(seed["instruction"])] if found]
        index.add(seed["instruction"])
    assert near == []


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed["name"])
def test_each_keeps_the_rules_for_new_ones(seed):
    task, values = seed["instruction"], PRESETS["chat"]
    instances = [Instance(one["input"], one["output"]) for one in seed["instances"]]
    assert against_task(task, values) is None
    assert instances and against_each(task, instances, values) == [None] * len(instances)


def test_the_format_reads_them():
    read = [conversation for seed in SEEDS for conversation in SelfInstruct()(seed)]
    assert len(read) == sum(len(seed["instances"]) for seed in SEEDS)
    assert {conversation.meta["is_classification"] for conversation in read} == {True, False}
    assert all(conversation.last_reply() == 1 for conversation in read)
