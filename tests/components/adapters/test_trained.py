"""Every adapter is trained by sft, on padded and on packed rows, and a training that goes on from a checkpoint
ends with the same bytes."""

import shutil
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from pitchpipe import PitchpipeError
from pitchpipe.records.example import Example
from pitchpipe_components.adapters import Ia3, Lora, PrefixTuning, PromptTuning
from pitchpipe_components.adapters.continued import Continued
from pitchpipe_components.collators import Packed, Padded
from pitchpipe_components.trainers.sft import Sft
from pitchpipe_stages.train.training import RecipeTraining
from tests.families import small
from tests.tokenizers import bytes_alone

pytestmark = pytest.mark.slow
QUIET = {"batch_size": 2, "learning_rate": 1e-2, "log_every": 1, "samples": 0, "rehearse": False}
TRAINER = Sft(max_steps=5, checkpoint_every=2, **QUIET)
ADAPTERS = {
    "lora": Lora(rank=4, dropout=0.1), "dora": Lora(rank=4, dora=True, rslora=True, plus=4),
    "head": Lora(rank=4, train_also=["lm_head"]), "ia3": Ia3(targets="all-linear"),
    "prefix": PrefixTuning(tokens=3), "prompt": PromptTuning(tokens=3),
}  # fmt: skip


class Some:
    """A few examples of made-up tokens."""

    def __init__(self, count):
        self.all = [self._one(at) for at in range(count)]

    def _one(self, at):
        ids = [3 + (at * 7 + step * 5) % 100 for step in range(6 + at % 5)]
        return Example(ids, [-100, -100, *ids[2:]])

    def __len__(self):
        return len(self.all)

    def __getitem__(self, at):
        return self.all[at]

    def lengths(self):
        return np.array([len(one.ids) for one in self.all])

    def sources(self):
        return ["made up"], np.zeros(len(self.all), int)

    def where(self, numbers):
        return [f"made up:{number}" for number in numbers]


class Silent:
    def say(self, text=""):
        pass

    @contextmanager
    def bar(self, label, total=None):
        yield lambda *steps, **more: None

    waiting = bar


def train(adapter, folder, collator=None, new=(), family="llama", base=None, trainer=TRAINER):
    """The bytes of what was trained, and the training."""
    model = adapter(base or small(family), list(new))
    training = RecipeTraining(
        model=model, tokenizer=bytes_alone(), new_tokens=list(new), train=Some(20), validation=Some(3),
        collator=collator or Padded(), folder=folder / "model", checkpoints=folder / "checkpoints",
        report=lambda step, values: None, console=Silent(), prober=SimpleNamespace(),
        rates=adapter.rates(model) if hasattr(adapter, "rates") else {},
    )  # fmt: skip
    trainer(training)
    return (folder / "model/adapter_model.safetensors").read_bytes(), training


def stopped_at(step, folder, to):
    """The folder of a training that was killed after a step."""
    shutil.copytree(folder / "checkpoints", to / "checkpoints")
    for later in to.glob("checkpoints/checkpoint-*"):
        if int(later.name.rpartition("-")[2]) > step:
            shutil.rmtree(later)
    return to


@pytest.mark.parametrize("name", ADAPTERS)
def test_it_learns_and_goes_on_to_the_same_bytes(name, tmp_path):
    adapter = ADAPTERS[name]
    new = [5, 6] if getattr(adapter, "learns_rows", True) else []
    whole, training = train(adapter, tmp_path / "whole", new=new)
    again, _ = train(adapter, stopped_at(4, tmp_path / "whole", tmp_path / "again"), new=new)
    assert again == whole
    first, _ = train(adapter, tmp_path / "first", new=new, trainer=Sft(max_steps=1, **QUIET))
    assert first != whole
    loaded = adapter.load(small("llama"), tmp_path / "whole/model").eval()
    ids = torch.arange(3, 20)[None]
    assert torch.allclose(
        loaded(input_ids=ids).logits, training.model.eval()(input_ids=ids).logits, atol=1e-5
    )


@pytest.mark.parametrize("name", ["lora", "ia3"])
def test_packed_rows_train_them_too(name, tmp_path):
    whole, _ = train(ADAPTERS[name], tmp_path / "whole", Packed(length=32))
    again, _ = train(ADAPTERS[name], stopped_at(4, tmp_path / "whole", tmp_path / "b"), Packed(length=32))
    assert again == whole


@pytest.mark.parametrize("name", ["prefix", "prompt"])
def test_packed_rows_are_refused_where_something_stands_before_them(name, tmp_path):
    with pytest.raises(PitchpipeError, match="Use the collator padded"):
        train(ADAPTERS[name], tmp_path, Packed(length=32))


def test_a_saved_adapter_is_trained_further(tmp_path):
    first, _ = train(ADAPTERS["lora"], tmp_path / "first", new=[5, 6])
    more, again = train(Continued(folder=tmp_path / "first/model"), tmp_path / "more", new=[5, 6])
    assert more != first
    assert again.model.peft_config["default"].r == 4
