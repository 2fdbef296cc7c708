"""What lm-evaluation-harness has found, as numbers that are made of items."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from math import isclose
from typing import Any, Literal

import numpy as np
from lm_eval.api import metrics

import pitchpipe as pp
from pitchpipe_components.evaluators.lm_eval import sums
from pitchpipe_components.evaluators.lm_eval.items import item_of

Found = dict[str, pp.Measured | pp.Score]


def _one(value: Any) -> tuple[float, float]:
    return float(value), 1.0


def _known(value: Any) -> tuple[float, float]:
    return (0.0, 0.0) if np.isnan(value) else _one(value)


def _pair(value: Any) -> tuple[float, float]:
    return float(value[0]), float(value[1])


def _outcome(value: Any) -> tuple[float, ...]:
    """A true or false positive, or a true or false negative."""
    gold, said = value
    if {gold, said} - {0, 1}:
        raise ValueError("there are more than two classes")
    return tuple(map(float, (gold and said, said and not gold, not gold and not said, gold and not said)))


def _brier(value: Any) -> tuple[float, float]:
    """How far the shares of all choices are from what is right."""
    gold, shares = value
    away = np.array(shares, float)
    away[gold] -= 1
    return float((away**2).sum()), 1.0


# How the harness makes a number of items: what each of them gives, and what is made of the sums.
OF_SUMS: dict[Any, tuple[Callable[[Any], tuple[float, ...]], Callable[[Any], Any]]] = {
    metrics.mean: (_one, sums.ratio),
    metrics.nanmean: (_known, sums.ratio),
    metrics.perplexity: (_one, sums.exp_of_minus_mean),
    metrics.weighted_perplexity: (_pair, sums.exp_of_minus_mean),
    metrics.bits_per_byte: (_pair, sums.bits),
    metrics.brier_score: (_brier, sums.ratio),
    metrics.matthews_corrcoef: (_outcome, sums.correlation),
    metrics.f1_score: (_outcome, sums.f1),
}


def measures(found: Mapping[str, Any], loaded: Mapping[str, Any], form: str) -> Found:
    """A number for each metric of each task, or of the groups that put tasks together."""
    alone: Found = {}
    for task, samples in found["samples"].items():
        config = loaded["tasks"][task]
        own = {f"{task}:{one['doc_id']}": item_of(config, one) for one in samples}
        shots, versions = (
            f"{found['n-shot'][task]}-shot",
            f"lm-eval {version('lm-eval')}, task {config.VERSION}",
        )
        how, results = f"{shots}, {form}, {versions}", found["results"][task]
        for metric in (key for key in results if "," in key and "_stderr," not in key):
            alone[f"{task} {metric}"] = _measure(metric, config, samples, results[metric], own, how)
    groups = _groups(found, loaded.get("groups") or {}, alone)
    return {_name(key): one for key, one in (alone | groups).items() if one}


def _measure(
    metric: str, task: Any, samples: Sequence[Any], value: Any, own: dict[str, pp.Item], how: str
) -> pp.Measured | pp.Score:
    """A metric of one task, as "acc,none"."""
    name, kept = metric.split(",", 1)
    lines = [one for one in samples if one["filter"] == kept and name in one]
    higher = task.higher_is_better().get(name)
    better: Literal["higher", "lower"] | None = None if higher is None else "higher" if higher else "lower"
    of_one, of_all = OF_SUMS.get(task.aggregation().get(name, metrics.mean), (None, None))
    if of_one and of_all:
        try:
            items = {f"{task.task_name}:{one['doc_id']}": of_one(one[name]) for one in lines}
        except (TypeError, ValueError):  # a metric of its own kind
            items = {}
        share = (
            of_one in (_one, _known)
            and of_all is sums.ratio
            and all(0 <= total <= count for total, count in items.values())
        )
        made = pp.Measured(items, of_all, better, share, how, {id: own[id] for id in items})
        if items and _same(made, value):
            return made
    number = float(value) if isinstance(value, int | float | np.number) and np.isfinite(value) else None
    return pp.Score(number, len(lines), better=better, how=f"{how}; no interval: made of all items at once")


def _same(made: pp.Measured, value: Any) -> bool:
    """Whether the items give the very number of the harness."""
    number = float(made.value(np.array(list(made.items.values()), float).sum(0)))
    return isclose(number, value, rel_tol=1e-9, abs_tol=1e-12) or (number != number and value != value)


def _groups(found: Mapping[str, Any], groups: Mapping[str, Any], alone: Found) -> Found:
    """Metrics of groups that the harness puts together. They stand for those of their tasks, which are taken
    out of `alone`: the items keep the names of their tasks."""
    made: Found = {}
    parts = set[str]()
    for name, group in groups.items():
        for config in group.aggregate_metric_list or []:
            for metric in (key for key in found["groups"][name] if key.startswith(f"{config.metric},")):
                tasks = [f"{task.task_name} {metric}" for task in group.get_all_tasks()]
                each = [alone[task] for task in tasks if task in alone]
                made[f"{name} {metric}"] = _together(
                    each, config.weight_by_size, found["groups"][name][metric]
                )
                parts |= {*tasks}
    for part in parts:
        alone.pop(part, None)
    return made


def _together(each: Sequence[pp.Measured | pp.Score], by_size: bool, value: float) -> pp.Measured | pp.Score:
    parts = [one for one in each if isinstance(one, pp.Measured) and one.value is sums.ratio]
    if len(parts) == len(each):
        made = _by_size(parts) if by_size else _alike(parts)
        if _same(made, value):
            return made
    return pp.Score(
        value, sum(_count(one) for one in each), better=each[0].better, how=f"{each[0].how}; no interval"
    )


def _by_size(parts: Sequence[pp.Measured]) -> pp.Measured:
    items = {id: one for part in parts for id, one in part.items.items()}
    return replace(parts[0], items=items, own=_own(parts), is_share=all(part.is_share for part in parts))


def _alike(parts: Sequence[pp.Measured]) -> pp.Measured:
    """Each task counts alike: an item gives its value and its count in the places of its task."""
    items = {}
    for at, part in enumerate(parts):
        for id, (value, count) in part.items.items():
            places = [0.0] * (2 * len(parts))
            places[at], places[at + len(parts)] = value, count
            items[id] = tuple(places)
    how = f"{parts[0].how}; each of {len(parts)} tasks counts alike"
    share = all(part.is_share for part in parts)
    return replace(parts[0], items=items, value=sums.mean_of_ratios, own=_own(parts), is_share=share, how=how)


def _own(parts: Sequence[pp.Measured]) -> dict[str, pp.Item]:
    return {id: one for part in parts for id, one in part.own.items()}


def _count(one: pp.Measured | pp.Score) -> int:
    return len(one.items) if isinstance(one, pp.Measured) else one.count


def _name(key: str) -> str:
    """ "gsm8k exact_match,strict-match": gsm8k_exact_match_strict_match."""
    return re.sub(r"\W+", "_", key.removesuffix(",none")).strip("_")
