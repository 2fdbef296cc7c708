"""The tables of docs/monitoring.md are what a server tells, and the alerts ask for numbers that there are."""

import json
import re
from urllib.request import Request, urlopen

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from pitchpipe_components.middlewares.drift.component import Drift
from pitchpipe_stages.serve.engine.engine import Engine
from pitchpipe_stages.serve.watching import watch
from tests.components.middlewares.drift.served import DriftService, learned, served
from tests.documents import ROOT
from tests.stages.serve.running import running

ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| ([\w, ]*)\| (.*) \|$", re.MULTILINE)
TEXT = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
OURS, OTHERS = TEXT.split("Other parts add theirs", 1)
RESPONSES = "http_responses"  # of what stands before the application
SOURCES = "\n".join(
    file.read_text("utf-8")
    for room in ("pitchpipe_stages/serve", "pitchpipe_components/middlewares", "pitchpipe_components/routers")
    for file in (ROOT / "plugins" / room).rglob("*.py")
)


def rows(part):
    return {name: (kind, {*labels.split(", ")} - {""}, told)
            for name, kind, labels, told in ((n, k, la.strip(), t) for n, k, la, t in ROW.findall(part))}  # fmt: skip


ALWAYS, MORE = rows(OURS), rows(OTHERS)


def told(text):
    """Each of our families: its kind, its labels, its help."""
    found = {}
    for family in text_string_to_metric_families(text):
        if family.name.startswith("pitchpipe_"):
            labels = {label for sample in family.samples for label in sample.labels} - {"le"}
            found[family.name.removeprefix("pitchpipe_")] = (family.type, labels, family.documentation)
    return found


@pytest.fixture(scope="module")
def metrics(tmp_path_factory):
    """What a server tells that has been asked, and a window of drift."""
    service = served(DriftService(tmp_path_factory.mktemp("told"), Drift(), learned(100)), 500, longer=4)
    with running(service) as url:
        watch(service.metrics, service.admission, [Engine(None, [0], 4)])
        body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
        urlopen(Request(f"{url}/v1/chat/completions", json.dumps(body).encode())).read()
        return told(urlopen(f"{url}/metrics").read().decode())


def test_each_number_stands_in_the_table_as_it_is_told(metrics):
    assert len(ALWAYS) > 20
    assert {name: metrics.get(name) for name in ALWAYS if name != RESPONSES} == {
        name: row for name, row in ALWAYS.items() if name != RESPONSES
    }


def test_no_number_is_missing_in_the_tables(metrics):
    assert metrics.keys() <= ALWAYS.keys() | MORE.keys()
    assert {"drift_psi", "drift_windows", "drift_alerts"} <= metrics.keys()
    assert all(metrics[name][:2] == MORE[name][:2] for name in metrics if name in MORE)


def test_what_the_code_counts_is_in_the_tables_and_the_other_way_round():
    counted = set(
        re.findall(r"(?:count|gauge|observe|watch|watch_total)\(\s*\"([a-z_]+)\", (?:\"|help|[A-Z])", SOURCES)
    )
    assert len(counted) > 12
    assert counted <= ALWAYS.keys() | MORE.keys()
    assert {name for name in MORE if f'"{name}"' not in SOURCES} == set()


def test_the_rules_ask_for_numbers_that_there_are():
    rules = [rule for group in yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text())["groups"]
             for rule in group["rules"]]  # fmt: skip
    assert len({rule["alert"] for rule in rules}) == len(rules) > 5
    known = ALWAYS | MORE
    for rule in rules:
        assert rule["annotations"]["summary"] and rule["labels"]["severity"] in ("page", "ticket")
        for name in re.findall(r"pitchpipe_(\w+)", rule["expr"]):
            stem, _, end = name.rpartition("_")
            kind = {"total": "counter", "bucket": "histogram", "count": "histogram", "sum": "histogram"}.get(
                end
            )
            assert known[stem][0] == kind if kind else known[name][0] == "gauge", name
        for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
            asked = [known[name][1] for stem in re.findall(r"pitchpipe_(\w+)", rule["expr"])
                     for name in known if stem.startswith(name)]  # fmt: skip
            assert label == "instance" or any(label in labels for labels in asked), rule["alert"]


def test_the_example_for_prometheus_is_yaml():
    (block,) = re.findall(r"```yaml\n(scrape_configs.*?)```", TEXT, re.DOTALL)
    (job,) = yaml.safe_load(block)["scrape_configs"]
    assert job["job_name"] == "pitchpipe" and "credentials_file" in job["authorization"]
