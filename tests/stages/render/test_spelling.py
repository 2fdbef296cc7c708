"""The bytes that tokens stand for."""

import numpy as np

from pitchpipe_stages.render.encoder import PROBES
from pitchpipe_stages.render.spelling import Spelling
from tests.tokenizers import byte_pairs


def test_what_tokens_spell():
    core = byte_pairs().backend_tokenizer
    spelling = Spelling.of(core)
    for text in PROBES:
        ids = np.array(core.encode(text, add_special_tokens=False).ids, np.int32)
        assert spelling.spell(ids) == text.encode()
