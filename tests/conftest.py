"""What all tests share: a recipe that needs no training, and plugins that are really installed."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Modules of helpers that assert say as much of a failure as tests do.
pytest.register_assert_rewrite(
    "tests.components.loaders.kinds", "tests.components.repair.talks", "tests.documents",
    "tests.messy.prepared", "tests.started",
)  # fmt: skip

# Tests run two at a time on two cores. Libraries read these variables when they are imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# No test fails because a machine is busy; and where CI is set the same cases are tried each time: what chance
# finds elsewhere is no fault of the change that is being tested.
settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI", "") not in ("", "0", "false"),
)
settings.load_profile("untimed")

NAMED = "PITCHPIPE_PLUGINS"  # plugins of other distributions that are loaded

ROWS = [
    {"instruction": "Say hello.", "input": "", "output": "Hello!", "category": "greeting"},
    {"instruction": "Write in capitals.", "input": "tiny", "output": "TINY", "category": "case"},
]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where tests run side by side, the longest begin first, so that none is left over at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=_seconds, reverse=True)


def pytest_collection_finish() -> None:
    """What torch and its kin have imported is never garbage: trainings collect garbage, and pass it over."""
    gc.collect()
    gc.freeze()


def _seconds(item: pytest.Item) -> float:
    slow = item.get_closest_marker("slow")
    return slow.kwargs.get("seconds", 10) if slow else 0


@pytest.fixture(scope="session", autouse=True)
def only_own_plugins() -> Iterator[None]:
    """A plugin that happens to be installed on this machine changes no outcome."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("PITCHPIPE_BLOCK", "PITCHPIPE_STRICT"):
            patch.delenv(variable, raising=False)
        patch.setenv(NAMED, "")
        yield


@pytest.fixture
def name_plugin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets a plugin of another distribution be loaded: name_plugin("zoo")."""

    def add(name: str) -> None:
        monkeypatch.setenv(NAMED, ",".join(filter(None, [os.environ.get(NAMED), name])))

    return add


@pytest.fixture
def install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name_plugin: Callable[[str], None]
) -> Iterator[Callable[..., None]]:
    """Installs a plugin as a distribution that Python finds: install("zoo", code).

    A plugin that is not `named` is there like any other that somebody has installed.
    """
    site = tmp_path / "site"

    def put(name: str, code: str, distribution: str = "", version: str = "1.0", named: bool = True) -> None:
        distribution = distribution or f"pitchpipe-{name}"
        module = distribution.replace("-", "_")
        info = site / f"{module}-{version}.dist-info"
        info.mkdir(parents=True)
        (site / f"{module}.py").write_text(code)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[pitchpipe]\n{name} = {module}\n")
        if named:
            name_plugin(name)

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.syspath_prepend(str(site))
    yield put
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(site)):
            del sys.modules[name]


@pytest.fixture
def rows() -> list[dict[str, str]]:
    return [dict(row) for row in ROWS]
