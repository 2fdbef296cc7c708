"""What a filter that compares rows drops."""

from itertools import count

import pytest

from pitchpipe.host.host import Host
from pitchpipe_stages.data.sections import FILTERS
from pitchpipe_stages.data.sketches import StoredSketches, write
from pitchpipe_tools.recipe_file.load import load


@pytest.fixture
def by_default(tmp_path):
    """A filter with the options that it has by default, and the components that these name, as recipes make it."""

    def made(filter):
        host = Host.from_environment()
        (name,) = (offered.name for offered in host.all("filter") if offered.call is filter)
        recipe = tmp_path / "recipe.yaml"
        recipe.write_text(f"loaders:\n  - files: {{path: recipe.yaml}}\nfilters: [{name}]\n")
        (use,) = load(recipe, host)[FILTERS]
        return use.bound

    return made


@pytest.fixture
def compare(tmp_path):
    """What a filter drops: {row: (of, score)}, with rows cut into blocks of `size`."""
    folders = count()

    def run(filter, conversations, size=1000):
        folder = tmp_path / str(next(folders))
        (folder / "scratch").mkdir(parents=True)
        files = []
        for start in range(0, len(conversations), size):
            files.append(folder / f"{start}")
            write(filter.sketch(conversations[start : start + size]), files[-1])
        found = filter.compare(StoredSketches(files, folder / "scratch"))
        scores = [None] * len(found.rows) if found.scores is None else found.scores.tolist()
        assert len(set(found.rows.tolist())) == len(found.rows), "a row goes once"
        return {
            row: (of, score)
            for row, of, score in zip(found.rows.tolist(), found.of.tolist(), scores, strict=True)
        }

    return run
