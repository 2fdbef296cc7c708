"""The benchmark of training runs, and what it compares learns the same."""

import importlib.util
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
FILE = Path(__file__).parents[3] / "benchmarks" / "train.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmark_of_training", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(output):
    return [line.split()[0] for line in output.splitlines() if " s " in line and "MiB" in line]


def test_full_training_and_lora_are_compared_with_trl(benchmark, capsys):
    benchmark.main(["--tiny", "--threads", "1"])
    output = capsys.readouterr().out
    assert told(output) == ["pitchpipe", "bare", "TRL"] * 2


def test_the_loss_alone_is_compared(benchmark, capsys):
    benchmark.main(["--tiny", "--threads", "1", "--loss", "--adapter", "none"])
    assert told(capsys.readouterr().out) == ["pitchpipe", "PyTorch,", "TRL"]


def test_a_way_that_learns_something_else_is_noticed(benchmark, monkeypatch):
    own = benchmark.make_training

    def other(folder, asked, report):
        made = own(folder, asked, report)
        made.model.model.layers[0].mlp.down_proj.weight.data.mul_(30)
        return made

    def bare(folder, asked, steps, way=benchmark.bare):
        monkeypatch.setattr(benchmark, "make_training", other)
        way(folder, asked, steps)

    monkeypatch.setattr(benchmark, "bare", bare)
    with pytest.raises(AssertionError, match="differs"):
        benchmark.main(["--tiny", "--threads", "1", "--adapter", "none", "--ways", "ours", "bare"])
