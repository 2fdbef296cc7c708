"""What a filter that compares rows drops."""

from itertools import count

import pytest

from pitchpipe_stages.data.sketches import StoredSketches, write


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
