"""The first batch is what was prepared, whatever collator made it."""

import pytest
import torch

from pitchpipe import IGNORED, Example, PitchpipeError
from pitchpipe_components.collators import Flattened, Packed, Padded
from pitchpipe_stages.prepare.examples import PreparedExamples
from pitchpipe_stages.train.neighbours import maker
from pitchpipe_stages.train.proofs import FirstBatch
from tests.packed import copies
from tests.tokenizers import bytes_alone

RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 1.0}
collator: padded
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("proofs"))
    here.write({"recipe.yaml": RECIPE, "rows.jsonl": copies(12)})
    here.run("prepare", "recipe.yaml", "--workers", "1").assert_success()
    return PreparedExamples(here.folder / "runs/recipe/prepared", "train")


def first(prepared):
    from pitchpipe_components.models import Tiny

    tokenizer = Tiny().tokenizer()
    end = prepared[0].labels[-1] if prepared[0].labels[-1] != IGNORED else prepared[0].labels[-2]
    return FirstBatch(tokenizer, [end], prepared)


def proven(prepared, make, count=4):
    numbers = list(range(count))
    examples = [prepared[number] for number in numbers]
    return first(prepared).prove(make(examples, bytes_alone().pad_token_id), numbers, examples)


@pytest.mark.parametrize("collator", [Padded(), Padded(multiple_of=64), Packed(), Flattened()])
def test_what_the_collators_make_is_proven(prepared, collator):
    found = proven(prepared, maker(collator))
    assert (found.examples, found.replies, found.exact, found.ended) == (4, 4, 4, 4)
    assert found.elsewhere == 0 and (found.padding > 0) == isinstance(collator, Padded)
    assert found.sample.startswith("so ") and "to the letter with their ends" in str(found)


def shifted(examples, pad):
    batch = Padded()(examples, pad)
    return batch | {"labels": batch["labels"].roll(1, dims=1)}


def whole(examples, pad):
    batch = Padded()(examples, pad)
    return batch | {"labels": batch["input_ids"].clone()}


def padding_learned(examples, pad):
    batch = Padded(multiple_of=64)(examples, pad)
    return batch | {"labels": batch["labels"].masked_fill(batch["attention_mask"] == 0, pad)}


def padding_seen(examples, pad):
    batch = Padded(multiple_of=64)(examples, pad)
    return batch | {"attention_mask": torch.ones_like(batch["attention_mask"])}


def hidden(examples, pad):
    batch = Padded()(examples, pad)
    batch["attention_mask"][1, :3] = 0
    return batch


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (shifted, r"rows.jsonl:\d+: the batch teaches other tokens of it than were prepared"),
        (whole, r"rows.jsonl:\d+: the batch teaches other tokens of it than were prepared"),
        (padding_learned, "teaches padding"),
        (padding_seen, "would see the padding"),
        (hidden, r"rows.jsonl:\d+: some of its tokens are hidden"),
    ],
)
def test_a_batch_that_is_wrong_stops_the_run(prepared, make, said):
    with pytest.raises(PitchpipeError, match=said):
        proven(prepared, make)


def test_a_beginning_or_an_end_that_comes_twice_stops_the_run(prepared):
    made, example = first(prepared), prepared[0]
    end, bos = made.stops[0], 7
    twice = Example([*example.ids, end, end], [*example.labels, end, end])
    with pytest.raises(PitchpipeError, match="the reply ends twice"):
        made.prove(Padded()([twice], 0), [0], [twice])
    made.tokenizer.bos_token_id = bos
    begins = Example([bos, bos, *example.ids], [IGNORED, IGNORED, *example.labels])
    with pytest.raises(PitchpipeError, match="the row begins twice"):
        made.prove(Padded()([begins], 0), [0], [begins])


def test_examples_that_a_collator_changes_are_counted(prepared):
    found = proven(
        prepared, lambda examples, pad: Padded()([Example(e.ids[5:], e.labels[5:]) for e in examples], pad)
    )
    assert found.facts()["not proven"] == "4 examples that the collator has changed"
