"""A second library encodes only where it gives the same ids."""

import subprocess
import sys

import pytest

import pitchpipe as pp
from pitchpipe_stages.render.encoder import PROBES, Encoder, agree
from tests.tokenizers import byte_pairs, bytes_alone


def test_a_tokenizer_that_gives_other_ids_is_not_used(monkeypatch):
    core, other = byte_pairs().backend_tokenizer, bytes_alone().backend_tokenizer
    assert Encoder(core).name == "fastokens"
    import fastokens

    wrong = fastokens.Tokenizer.from_json_str(other.to_str())
    assert not agree(wrong, core, list(PROBES))

    class Wrong:
        from_json_str = staticmethod(lambda text: wrong)

    monkeypatch.setattr(fastokens, "Tokenizer", Wrong)
    assert Encoder(core).name == "tokenizers (fastokens gives other ids)"


def test_a_text_of_every_batch_is_checked(monkeypatch):
    """fastokens passes the probes, and later fails."""
    encoder = Encoder(byte_pairs().backend_tokenizer)
    texts = ["one", "two", "three"]
    assert encoder.flat(texts)[0].tolist() == [token for text in texts for token in encoder._by_core(text)]

    class Failing:
        def encode_batch_flat(self, texts, **options):
            return fast.encode_batch_flat([text.upper() for text in texts], **options)

    fast, encoder.fast = encoder.fast, Failing()
    with pytest.raises(pp.PitchpipeError, match=r"fastokens gives other ids .*\n.*pip uninstall fastokens"):
        encoder.flat(texts)


THREADS = """
import os
from pitchpipe_stages.render.encoder import Encoder
from tests.tokenizers import byte_pairs

def names():
    return [open(f"/proc/self/task/{task}/comm").read().strip() for task in os.listdir("/proc/self/task")]

encoder = Encoder(byte_pairs().backend_tokenizer)
print(encoder.name, any("fastokens" in name for name in names()))
encoder.flat(["one text", "two texts"])
print(any("fastokens" in name for name in names()))
"""


def test_workers_can_be_forked_before_fastokens_has_a_thread():
    """A worker that is forked while that thread ends its work may wait for ever."""
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, timeout=120)
    assert done.stdout.split("\n")[:2] == ["fastokens False", "True"], done.stderr
