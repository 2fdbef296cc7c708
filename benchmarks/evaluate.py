"""How fast a model is scored, beside lm-evaluation-harness's own model `hf`.   python benchmarks/evaluate.py

Makes a small model of the Llama family. Asks it the same questions by both, in turns, and checks that both
find the same: multiple choice with answers of several words, with single letters, each with and without
examples before the questions; then answers that the model writes. Prints the time of `hf` divided by that of
pitchpipe: the processor's time, so that other work on the machine changes little.
"""

import argparse
import logging
import random
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from transformers import AutoConfig, AutoModelForCausalLM

from pitchpipe_components.evaluators.lm_eval.model import SubjectModel
from pitchpipe_components.models import Tiny
from pitchpipe_components.models.tiny.skills import ask, document
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.evaluate.memory import Memory
from pitchpipe_stages.evaluate.subject import RecipeSubject
from pitchpipe_stages.generate.opened import opened

# Words of a question, of each answer, and of the examples before it, as in the harness's tasks.
KINDS = {
    "answers of words": {"answer": 12},
    "answers of words, 5 examples": {"answer": 12, "shots": 5},
    "letters": {"answer": 0},
    "letters, 5 examples": {"answer": 0, "shots": 5},
}


def make(folder, width, layers, vocabulary):
    """A model with random weights, saved with its tokenizer."""
    tokenizer = Tiny().tokenizer()
    config = AutoConfig.for_model(
        "llama", vocab_size=max(vocabulary, len(tokenizer)), hidden_size=width, intermediate_size=4 * width,
        num_hidden_layers=layers, num_attention_heads=width // 64, num_key_value_heads=max(1, width // 128),
        max_position_embeddings=2048, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def words(chance, count):
    text = ""
    while len(text.split()) < count:
        text += document(chance) + " "
    return " ".join(text.split()[:count])


def choices(count, answer, shots=0):
    """Questions of some subjects, each with four answers."""
    chance, requests = random.Random(0), []
    subjects = ["".join(_example(chance) for _ in range(shots)) for _ in range(4)]
    for number in range(count):
        asked = f"{words(chance, 30 + number % 20)}\n{ask(chance).instruction}\nAnswer:"
        context = subjects[number % 4] + asked
        for letter in "ABCD":
            said = f" {words(chance, answer + number % 5)}" if answer else f" {letter}"
            requests.append(_request("loglikelihood", (context, said), number))
    return requests


def _example(chance):
    return f"{ask(chance).instruction} {words(chance, 40)}\nAnswer: A\n\n"


def written(count):
    """Questions to answer, up to a line's end."""
    chance = random.Random(0)
    settings = {"until": ["\n\n"], "max_gen_toks": 32, "do_sample": False}
    asked = [f"{words(chance, 10 + number % 30)}\nAnswer:" for number in range(count)]
    return [_request("generate_until", (text, settings), number) for number, text in enumerate(asked)]


def _request(kind, arguments, number):
    return Instance(kind, {}, arguments, 0, ("benchmark", number, 1))


def ours(one, size, folder):
    """The model as a run has it, with an empty record."""
    subject = RecipeSubject(
        "base", one.model, one.tokenizer, one.renderer, [], None, RichConsole(quiet=True),
        Memory(folder / "base", {}), lambda: one.tokenizer, None,
    )  # fmt: skip
    return SubjectModel(subject, size)


def timed(model, requests):
    begin = time.process_time()
    found = getattr(model, requests[0].request_type)(requests, disable_tqdm=True)
    return time.process_time() - begin, found


def must_be_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        if isinstance(one, str):
            assert one == other, (one, other)
        else:
            assert abs(one[0] - other[0]) < 1e-3 and one[1] == other[1], (one, other)


def compare(one, name, requests, size, turns):
    """Asks both in turns, and prints a line."""
    hf = HFLM(pretrained=one.model, tokenizer=one.tokenizer, batch_size=size)
    times = []
    for _ in range(turns):
        with TemporaryDirectory() as folder:
            mine, found = timed(ours(one, size, Path(folder)), requests)
        theirs, expected = timed(hf, requests)
        must_be_same(found, expected)
        times.append((theirs / mine, mine, theirs))
    ratio, mine, theirs = (median(column) for column in zip(*times, strict=True))
    each = [f"{len(requests) / seconds:.0f}/s" for seconds in (mine, theirs)]
    print(f"{name}   pitchpipe {each[0]}   hf {each[1]}   {ratio:.2f} times", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--questions", type=int, default=200, help="each with four answers")
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocabulary", type=int, default=16384)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args()
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    if given.threads:
        torch.set_num_threads(given.threads)
    with TemporaryDirectory() as folder:
        make(folder, given.width, given.layers, given.vocabulary)
        one = opened(folder, RichConsole(quiet=True), template="plain")
        for name, kind in KINDS.items():
            compare(one, name, choices(given.questions, **kind), given.batch_size, given.turns)
        compare(one, "written", written(given.questions), given.batch_size, given.turns)
