"""The plugin beside a recipe, `pitchpipe_local.py`, and the modules beside it that it imports."""

import sys
from collections.abc import Sequence
from importlib import invalidate_caches
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

LOCAL = "pitchpipe_local"


class _Beside(MetaPathFinder):
    """Finds modules in a recipe's folder. It stands last: no module of anybody else is shadowed."""

    def __init__(self, folder: Path):
        self.folder, self.found = folder, set[str]()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, [str(self.folder)]) if path is None else None
        if spec:
            self.found.add(name)
        return spec


def import_local(path: Path) -> ModuleType:
    """Imports a recipe's own plugin. Removes first what another recipe's folder brought."""
    for finder in [finder for finder in sys.meta_path if isinstance(finder, _Beside)]:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] in finder.found]:
            del sys.modules[name]
    invalidate_caches()
    sys.meta_path.append(_Beside(path.parent.resolve()))
    spec = spec_from_file_location(LOCAL, path)
    assert spec and spec.loader
    module = sys.modules[LOCAL] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
