"""Whether documents of a row see each other is measured on the batches of any collator."""

from functools import partial

import pytest
import torch

from pitchpipe.errors import PitchpipeError
from pitchpipe_components.collators import Flattened, Packed, Padded
from pitchpipe_components.collators.rows import joined
from pitchpipe_components.models import Tiny
from pitchpipe_stages.train.neighbours import LIMITS, check, maker, measure, shares_rows
from tests.packed import RECIPE, WINDOW, copies, small

LEAKS = r"the collator \w+ puts several documents in a row, and there they see each other: .* move by [1-9]"


def naive(examples, pad, *, pause: int = 0):
    """All documents in one row, with nothing that keeps them apart."""
    ids = [token for example in examples for token in [*example.ids, *[pad] * pause]]
    return {"input_ids": torch.tensor([ids]), "labels": torch.tensor([ids])}


def masked(examples, pad):
    """With a mask of ones, as most collators make one."""
    batch = naive(examples, pad)
    return batch | {"attention_mask": torch.ones_like(batch["input_ids"])}


def apart(examples, pad):
    """With positions that begin anew, by which transformers tells documents apart."""
    positions = torch.cat([torch.arange(len(example.ids)) for example in examples])
    return naive(examples, pad) | {"position_ids": positions[None]}


def chunks(examples, pad):
    """One text of all documents, cut into rows of eight tokens."""
    ids = naive(examples, pad)["input_ids"][0].tolist()
    rows = [ids[at : at + 8] for at in range(0, len(ids), 8)]
    rows[-1] += [pad] * (8 - len(rows[-1]))
    return {"input_ids": torch.tensor(rows), "labels": torch.tensor(rows)}


class Planned:
    """Rows of its own planning, and no proof."""

    def __init__(self, join):
        self.join = join

    def __call__(self, examples, pad):
        return Padded()(examples, pad)

    def plan(self, lengths, seed, epoch):
        return [list(range(at, min(at + 2, len(lengths)))) for at in range(0, len(lengths), 2)]


@pytest.mark.parametrize(
    ("collator", "shares"),
    [(Padded(), False), (Packed(), True), (Flattened(), True), (naive, True), (chunks, True), (Planned(naive), True)],
)  # fmt: skip
def test_collators_that_put_documents_together_are_known_by_their_batches(collator, shares):
    assert shares_rows(maker(collator), 0) is shares


@pytest.mark.parametrize("model", [Tiny, partial(small, "Llama"), partial(small, "Mistral", **WINDOW)])
@pytest.mark.parametrize(
    "collator", [naive, masked, chunks, partial(naive, pause=2), Planned(naive)],
    ids=["naive", "masked", "chunks", "pauses", "planned"],
)  # fmt: skip
def test_a_leak_stops_whoever_makes_it(model, collator):
    made = model().weights() if model is Tiny else model()
    made.train()
    with pytest.raises(PitchpipeError, match=LEAKS):
        check(made, collator, 0)
    assert made.training


@pytest.mark.parametrize("collator", [apart, Planned(apart), Planned(lambda examples, pad: joined(examples))])
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_documents_that_are_kept_apart_pass(collator, attention):
    measured = check(small("Llama", attention), collator, 0)
    assert measured.holds and measured.limits == LIMITS["single"] and measured.apart < 1e-5


def test_rows_of_one_document_need_no_model():
    assert check(None, Padded(), 0) is None


def test_positions_that_go_on_are_found_where_the_model_counts_them():
    """Nothing of a neighbour is seen, but the document is not read as it is alone."""

    def walls(examples, pad):
        lengths = [len(example.ids) for example in examples]
        number = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
        seen = (number[:, None] == number[None, :]).tril()[None, None]
        return naive(examples, pad) | {
            "attention_mask": torch.where(seen, 0.0, torch.finfo(torch.float32).min)
        }

    measured = measure(small("GPT2", "eager", n_embd=32, n_head=4, n_layer=2, n_inner=64), walls, 0)
    assert measured.moved == 0 and measured.apart > measured.limits[1] and not measured.holds


def test_a_model_that_says_no_number_does_not_pass():
    broken = Tiny().weights()
    with torch.no_grad():
        broken.get_input_embeddings().weight.fill_(float("nan"))
    assert not measure(broken, apart, 0).holds


def test_half_precision_has_its_own_limit():
    measured = check(Tiny().weights().to(torch.bfloat16), apart, 0)
    assert measured.limits == LIMITS["half"] and measured.holds


def test_a_collator_may_say_so_itself():
    def meant(examples, pad, *, pause: int = 0):
        return naive(examples, pad)

    meant.shares_attention = True
    assert not check(Tiny().weights(), meant, 0).holds
    assert not check(Tiny().weights(), partial(meant, pause=1), 0).holds


# --- In a run and for the doctor ------------------------------------------------------------------

PLUGIN = """
import torch, pitchpipe as pp

@pp.hookimpl
def register_collators(register):
    register("naive", naive)
    register("meant", Meant)
    register("liar", Liar)

@pp.hookimpl
def register_trainers(register):
    register("careless", careless)

def careless(training):
    batches = training.batches(4, 0)
    rows = batches.dataset
    training.model(**batches.collate([rows[key] for key, _ in zip(batches.sampler, range(4))]))
    training.model.save_pretrained(training.folder)

def naive(examples, pad):
    ids = [token for example in examples for token in example.ids]
    labels = [label for example in examples for label in example.labels]
    ids = torch.tensor([ids])
    return {"input_ids": ids, "labels": torch.tensor([labels]), "attention_mask": torch.ones_like(ids)}

class Meant:
    shares_attention = True
    def __call__(self, examples, pad):
        return naive(examples, pad)

class Liar:
    def __call__(self, examples, pad):
        return naive(examples[:1], pad)
    def plan(self, lengths, seed, epoch):
        return [list(range(at, min(at + 2, len(lengths)))) for at in range(0, len(lengths), 2)]
    def join(self, examples, pad):
        return naive(examples, pad)
    def isolated(self, model):
        from contextlib import nullcontext
        return nullcontext({"attention": "my word"})
"""


@pytest.fixture
def here(project):
    return project({"recipe.yaml": RECIPE, "rows.jsonl": copies(30), "pitchpipe_local.py": PLUGIN})


@pytest.mark.parametrize("collator", ["naive", "liar"])
def test_a_run_stops_before_its_first_step(here, collator):
    outcome = here.run("run", "recipe.yaml", "--until", "train", "--set", f"collator={collator}")
    outcome.assert_failed("puts several documents in a row, and there they see each other")
    assert not list((here.folder / "runs").rglob("checkpoint-*"))


@pytest.mark.parametrize(
    ("collator", "stops"), [("naive", True), ("packed", True), ("padded", False), ("meant", False)]
)
def test_a_trainer_cannot_pass_the_proof_by(here, collator, stops):
    more = ("--set", f"collator={collator}", "--set", "trainer=careless")
    outcome = here.run("run", "recipe.yaml", "--until", "train", *more)
    if stops:
        outcome.assert_failed("outside of training.isolated(model)")
    else:
        outcome.assert_success()


def test_a_run_goes_on_where_the_collator_says_so_and_tells_it(here):
    outcome = here.run("run", "recipe.yaml", "--until", "train", "--set", "collator=meant").assert_success()
    assert "documents of a row see each other: the collator says that they may" in outcome.out


def test_doctor_measures_any_collator(here):
    here.run("doctor", "recipe.yaml", "--set", "collator=naive").assert_failed("they see each other")
    told = here.run("doctor", "recipe.yaml", "--set", "collator=meant").assert_success().out
    assert "not kept apart, and the collator says so" in told
    told = here.run("doctor", "recipe.yaml", "--set", "collator=packed").assert_success().out
    assert "kept apart: moves by" in told and "pitchpipe_documents" in told
