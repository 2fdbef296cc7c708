"""Every class of tokenizer that Transformers knows, read from folders of two shapes.

`python -m tests.stages.render.tokenizer_digests FOLDER [without_torch]` prints what came of each, as JSON.
"""

import json
import sys
from hashlib import blake2b
from pathlib import Path

SHAPES = ("spaces", "vocabulary alone")  # also written: bytes, pieces, words, which take a minute each


def write(folder):
    """A folder of each shape."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    letters = {
        word: number for number, word in enumerate(["<unk>", "<s>", "</s>", "a", "b", "ab", "Ġ", "▁", "##b"])
    }
    spaces, cut = pre_tokenizers.Metaspace(), pre_tokenizers.ByteLevel(add_prefix_space=False)
    scores = [(word, -1.0) for word in letters]
    kinds = {
        "bytes": (models.BPE(letters, [("a", "b")]), cut, decoders.ByteLevel()),
        "spaces": (models.BPE(letters, [("a", "b")], unk_token="<unk>"), spaces, decoders.Metaspace()),
        "pieces": (models.Unigram(scores, 0), spaces, decoders.Metaspace()),
        "words": (
            models.WordPiece(letters, unk_token="<unk>"),
            pre_tokenizers.Whitespace(),
            decoders.WordPiece(),
        ),
    }
    for name, (model, before, after) in kinds.items():
        core = Tokenizer(model)
        core.pre_tokenizer, core.decoder, core.normalizer = before, after, normalizers.NFC()
        core.add_special_tokens(["<unk>", "<s>", "</s>", "<|im_end|>"])
        core.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
        (folder / name).mkdir()
        core.save(str(folder / name / "tokenizer.json"))
    alone = folder / "vocabulary alone"
    alone.mkdir()
    (alone / "vocab.json").write_text(json.dumps(letters), "utf-8")
    (alone / "merges.txt").write_text("#version: 0.2\na b\n", "utf-8")
    (alone / "vocab.txt").write_text("\n".join(letters), "utf-8")


def seen(folder):
    """What pitchpipe uses of a tokenizer; or how it cannot be loaded."""
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        parts = [
            type(tokenizer).__name__, tokenizer("ab <s> b")["input_ids"], tokenizer.special_tokens_map,
            tokenizer.all_special_tokens, tokenizer.chat_template, sorted(tokenizer.get_vocab().items()),
            {number: (str(token), token.special) for number, token in tokenizer.added_tokens_decoder.items()},
        ]  # fmt: skip
        core = getattr(tokenizer, "backend_tokenizer", None)
        parts.append(core.to_str() if core else "")
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:60]}"
    return blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def every(folder):
    from transformers.models.auto.tokenization_auto import TOKENIZER_MAPPING_NAMES

    names = {name for name in TOKENIZER_MAPPING_NAMES.values() if name}
    found = {}
    for shape in SHAPES:
        for name in sorted(names | {"PreTrainedTokenizerFast", "TokenizersBackend", "NoSuchTokenizer"}):
            facts = {"tokenizer_class": name, "eos_token": "</s>", "chat_template": "{{ messages }}"}
            (folder / shape / "tokenizer_config.json").write_text(json.dumps(facts), "utf-8")
            found[f"{shape}: {name}"] = seen(folder / shape)
    return found


if __name__ == "__main__":
    if sys.argv[2:]:
        from pitchpipe_stages.render.without_torch import without_torch

        found = without_torch(lambda: every(Path(sys.argv[1])))
        assert sys.modules["transformers"].utils.is_torch_available() is False
    else:
        found = every(Path(sys.argv[1]))
    print(json.dumps(found))
