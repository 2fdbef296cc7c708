"""Keys of stages: every file that can change a result is in one, and no other."""

from pathlib import Path

import grimp
import pytest

from pitchpipe.host.host import Host
from pitchpipe.run import keys

ROOT = Path(__file__).parents[3]
OURS = ("pitchpipe", "pitchpipe_stages", "pitchpipe_components", "pitchpipe_tools")
# Modules of core that only show, ask or start: no result depends on them.
OUTSIDE = {"pitchpipe", "pitchpipe.__main__", "pitchpipe.cli", "pitchpipe.errors", "pitchpipe.testing"}
SHOWS = {
    "pitchpipe_stages",
    "pitchpipe_stages.console",
    "pitchpipe_stages.progress",
    "pitchpipe_stages.plugin",
}


@pytest.fixture
def host():
    made = Host.from_environment()
    assert [plugin.failure for plugin in made.plugins if plugin.error] == []
    return made


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph(*OURS, exclude_type_checking_imports=True)


def files(rooms):
    return {file for room in rooms for file in keys.room_files(room)}


def test_every_room_is_in_some_stages_key(host):
    covered = files(keys.CORE) | {file for stage in host.stages() for file in files(stage.rooms)}
    core, stages = ROOT / "core" / "pitchpipe", ROOT / "plugins" / "pitchpipe_stages"
    commands = {
        file for room in ("export", "serve") for file in (stages / room).rglob("*.py")
    }  # theirs alone
    there = {*core.rglob("*.py"), *stages.rglob("*.py")} - commands
    outside = {file.name for file in there - covered if file.parent in (core, stages)}
    assert {file for file in there - covered if file.parent not in (core, stages)} == set()
    assert outside <= {
        "__init__.py",
        "__main__.py",
        "cli.py",
        "errors.py",
        "testing.py",
        "console.py",
        "progress.py",
        "plugin.py",
    }


def test_a_room_has_the_files_of_its_folders_too(tmp_path, monkeypatch):
    (tmp_path / "room" / "within").mkdir(parents=True)
    for file in ("room/__init__.py", "room/one.py", "room/within/__init__.py", "room/within/two.py"):
        (tmp_path / file).touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert {file.name for file in keys.room_files("room")} == {"__init__.py", "one.py", "two.py"}
    assert [file.name for file in keys.room_files("room.within.two")] == ["two.py"]
    with pytest.raises(ModuleNotFoundError, match="which a key names"):
        keys.room_files("room.gone")


def test_a_stage_stands_on_its_rooms_alone(host, graph):
    """All that the modules of its rooms import of ours is in the rooms, or only shows."""
    for stage in host.stages():
        modules = {
            m for m in graph.modules if any(m == room or m.startswith(f"{room}.") for room in stage.rooms)
        }
        used = set().union(*(graph.find_modules_directly_imported_by(module) for module in modules))
        rooms = (*keys.CORE, *stage.rooms)
        stray = {m for m in used if not any(m == room or m.startswith(f"{room}.") for room in rooms)}
        assert stray <= OUTSIDE | SHOWS, stage.name


def test_a_plugin_of_ours_names_all_modules_that_it_stands_on(host, graph):
    named = [plugin for plugin in host.plugins if getattr(plugin.module, "ROOMS", ())]
    assert len(named) == 22
    for plugin in named:
        rooms = plugin.module.ROOMS
        assert plugin.module.__name__ in rooms
        modules = {m for m in graph.modules if any(m == room or m.startswith(f"{room}.") for room in rooms)}
        used = set().union(*(graph.find_modules_directly_imported_by(module) for module in modules))
        stray = {m for m in used if m.startswith("pitchpipe_") and m not in modules}
        assert stray == set(), plugin.name
