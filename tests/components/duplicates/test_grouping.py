"""Many rows are sorted in parts of whole groups."""

from random import Random

from pitchpipe_components.duplicates import ExactDuplicates, grouping
from pitchpipe_stages.data.sketches import StoredSketches, write
from tests.components.duplicates.texts import WORDS, talk


def test_many_rows_are_sorted_in_parts_of_whole_groups(tmp_path):
    random = Random(2)
    rows = [talk(random.choice(WORDS[:200])) for _ in range(400)]
    write(ExactDuplicates().sketch(rows), tmp_path / "all")
    sketches = StoredSketches([tmp_path / "all"], tmp_path)
    parts = [numbers for numbers, _, _ in grouping.groups(sketches, 16, at_once=50)]
    asked = [{rows[number].messages[0].content for number in part} for part in parts]
    assert len(parts) == 9 and max(map(len, parts)) < 100
    assert sum(map(len, parts)) == 400 and len(set().union(*asked)) == sum(map(len, asked))
