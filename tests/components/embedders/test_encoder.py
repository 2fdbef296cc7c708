"""Vectors of an encoder depend on neither padding nor order."""

import pickle

import numpy as np
import pytest

import pitchpipe as pp
from pitchpipe_components.embedders import TextEncoder


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """A tiny encoder with random weights, saved as its library saves it."""
    torch = pytest.importorskip("torch")
    from transformers import BertConfig, BertModel

    from tests.tokenizers import byte_pairs

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = byte_pairs()
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **sizes)).save_pretrained(
        folder
    )
    tokenizer.save_pretrained(folder)
    return folder


def test_the_transformers_embedder_knows_the_same_text(encoder):
    said = [
        "Say hello.",
        "A much longer text about something else entirely, with many words in it.",
        "Say hello.",
    ]
    embed = TextEncoder(str(encoder), batch_size=2, length=64, device="cpu")
    vectors = embed(said)
    assert vectors.shape == (3, 32) and np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[2] == pytest.approx(1, abs=1e-5) and vectors[0] @ vectors[1] < 0.999
    alone = np.concatenate([embed([one]) for one in said])
    assert np.allclose(vectors, alone, atol=1e-5), "padding and order change nothing"
    assert np.allclose(pickle.loads(pickle.dumps(embed))(said), vectors, atol=1e-6)
    assert not np.allclose(
        TextEncoder(str(encoder), length=64, prefix="query: ", device="cpu")(said), vectors, atol=1e-3
    )
    assert len(embed([])) == 0


def test_an_encoder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(pp.PitchpipeError, match=r"no encoder '.*nowhere'"):
        TextEncoder(str(tmp_path / "nowhere"), device="cpu")(["text"])
