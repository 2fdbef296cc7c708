"""Where memory ends, what fits is found by trying, in a process of its own that may have so much and no more."""

import subprocess
import sys

import pytest

from pitchpipe_components.trainers.fitting import _smaller
from pitchpipe_components.trainers.sft import Sft

pytestmark = pytest.mark.slow(seconds=30)

# The process may hold `more` MiB beyond what a small rehearsal takes.
LIMITED = """
import resource, sys, tempfile, warnings
from pathlib import Path
warnings.simplefilter("ignore")
from pitchpipe import PitchpipeError
from pitchpipe_components.trainers.fitting import fitted
from pitchpipe_components.trainers.rehearsal import rehearse
from pitchpipe_components.trainers.sft import Sft
from tests.components.trainers.made import training
from tests.packed import small

more, options = int(sys.argv[1]), eval(sys.argv[2])
model = small("Llama", vocab_size=300, hidden_size=64, intermediate_size=512, num_hidden_layers=8)
made = training(Path(tempfile.mkdtemp()), lengths=[250] * 24, model=model)
rehearse(Sft(batch_size=1), made)
lines = dict(line.split(":") for line in open("/proc/self/status"))
resource.setrlimit(resource.RLIMIT_DATA, (int(lines["VmData"].split()[0]) * 1024 + (more << 20),) * 2)
try:
    found = fitted(options, made)
    print("fits", found.options.batch_size, found.options.gradient_checkpointing, found.by_need)
except PitchpipeError as error:
    print(error)
"""


def limited(more, options):
    command = [sys.executable, "-c", LIMITED, str(more), options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("Sft(batch_size=24)", "fits 24 True True"),
        ("Sft(batch_size=24, gradient_checkpointing=False)", "sft: {batch_size: 12, accumulate: 2}"),
    ],
)
def test_what_fits_is_found_by_trying(options, said):
    assert said in limited(400, options)


def test_the_product_stays_and_the_largest_batch_is_tried_first():
    tried = [
        (o.batch_size, o.accumulate, o.gradient_checkpointing)
        for o in _smaller(Sft(batch_size=4, accumulate=3))
    ]
    assert tried == [
        (3, 4, False), (2, 6, False), (1, 12, False), (3, 4, True), (2, 6, True), (1, 12, True)
    ]  # fmt: skip
    assert [o.batch_size for o in _smaller(Sft(batch_size=2, gradient_checkpointing=False))] == [1, 2, 1]
    assert all(o.gradient_checkpointing for o in _smaller(Sft(batch_size=2, gradient_checkpointing=True)))
