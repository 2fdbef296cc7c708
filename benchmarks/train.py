"""Packed training of a small Llama, beside TRL's SFTTrainer and a bare loop.   python benchmarks/train.py

All learn the same rows in the same order from the same weights: documents of about 256 tokens, of which the
last two thirds are learned, packed into rows of 4,096. Ours is the trainer `sft` with the collator `packed`,
as `pitchpipe run` calls it. TRL's gets the packed rows ready made, in float32 and without gradient
checkpointing, as ours (its own defaults are slower). The bare loop is PyTorch alone around our loss, our
attention and our batches. Each trains in a process of its own, in turns. Told are the medians of all steps
but the first ones of each process, by the clock and in time of the processor (which others on the machine
lengthen less), and the most memory that a process took beyond what it had before it trained. Losses are
compared first: a step of TRL's or of the bare loop may differ by 1 %.

`--loss` measures the loss alone: from hidden states and an output layer to a loss and gradients, for a
trained and for a frozen layer, beside TRL's and PyTorch's, which holds all logits. `--linear` measures
frozen layers with LoRA, beside PEFT's code and the bare layer.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

WAYS = ("ours", "bare", "trl")
FIRST = 2  # steps of a process that are not timed: memory is found, kernels are chosen
APART = 0.01
Numbers = dict[str, Any]


# --- What all work on ---------------------------------------------------------------------------


def write_data(folder: Path, asked: argparse.Namespace) -> None:
    """Prepared examples of tokens by chance, some of them far more often than others: that can be learned."""
    chance = np.random.default_rng(0)
    count = asked.length * asked.rows // asked.document
    lengths = np.clip(
        chance.lognormal(np.log(asked.document * 0.9), 0.45, count).astype(int), 16, asked.length
    )
    offsets = np.concatenate([[0], lengths.cumsum()]).astype(np.int64)
    ids = (chance.random(offsets[-1]) ** 4 * (asked.vocabulary - 16) + 8).astype(np.int32)
    mask = np.concatenate([np.arange(length) >= length // 3 for length in lengths]).astype(np.uint8)
    for side, kept in (("train", slice(None)), ("validation", slice(0))):
        ids[kept].tofile(folder / f"{side}.ids")
        mask[kept].tofile(folder / f"{side}.mask")
        (offsets if side == "train" else offsets[:1]).tofile(folder / f"{side}.offsets")
        lines = [
            json.dumps({"source": {"dataset": "made up", "file": "none", "line": line}})
            for line in range(count if side == "train" else 0)
        ]
        (folder / f"{side}.jsonl").write_text("".join(f"{line}\n" for line in lines))


def make_model(asked: argparse.Namespace) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from pitchpipe_components.adapters.lora import Lora

    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=asked.hidden, intermediate_size=asked.hidden * 8 // 3 // 8 * 8,
        vocab_size=asked.vocabulary, num_hidden_layers=asked.layers,
        num_attention_heads=max(1, asked.hidden // 64), max_position_embeddings=asked.length,
        pad_token_id=0, bos_token_id=None, eos_token_id=1, tie_word_embeddings=False,
    )  # fmt: skip
    model: Any = LlamaForCausalLM(config)
    return Lora(rank=16)(model, []) if asked.adapter == "lora" else model


def make_tokenizer() -> Any:
    from pitchpipe_components.models.tiny.build import tokenizer

    return tokenizer()


def make_training(folder: Path, asked: argparse.Namespace, report: Callable[[int, Numbers], None]) -> Any:
    from pitchpipe_components.collators import Packed
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.prepare.examples import PreparedExamples
    from pitchpipe_stages.train.training import RecipeTraining

    return RecipeTraining(
        model=make_model(asked), tokenizer=make_tokenizer(), new_tokens=[],
        train=PreparedExamples(folder, "train"), validation=PreparedExamples(folder, "validation"),
        collator=Packed(asked.length), folder=folder / "model", checkpoints=folder / "checkpoints",
        report=report, console=RichConsole(quiet=True), prober=cast(Any, SimpleNamespace()),
    )  # fmt: skip


# --- The three ways -----------------------------------------------------------------------------


class Steps:
    """The loss of each step, and when it was known: by the clock, and in time of the processor."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.times = [(time.perf_counter(), time.process_time())]

    def __call__(self, step: int, values: Numbers) -> None:
        if "loss" in values:
            self.losses.append(values["loss"])
            self.times.append((time.perf_counter(), time.process_time()))


def ours(folder: Path, asked: argparse.Namespace, steps: Steps) -> None:
    from pitchpipe_components.trainers import Sft

    options = {"max_steps": asked.steps, "batch_size": 1, "warmup": 0, "learning_rate": asked.rate}
    trainer = Sft(
        schedule="constant", log_every=1, checkpoint_every=10**6, samples=0, rehearse=False, **options
    )
    training = make_training(folder, asked, steps)
    with measured():
        trainer(training)


def bare(folder: Path, asked: argparse.Namespace, steps: Steps) -> None:
    import torch
    from torch.utils.data import DataLoader

    from pitchpipe_components.trainers.lora_linear import fewer_passes
    from pitchpipe_components.trainers.loss.chunked import Finish
    from pitchpipe_components.trainers.loss.forward import Wanted, install, learned_places

    training = make_training(folder, asked, steps)
    model, batches = training.model.train(), training.batches(1, 0)
    install(model)
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=asked.rate, weight_decay=0.0, fused=True)
    loader = DataLoader(batches.dataset, 1, sampler=batches.sampler, collate_fn=batches.collate)
    with fewer_passes(model), training.isolated(model), measured():
        for step, batch in zip(range(asked.steps), loader, strict=False):
            places = learned_places(batch["labels"], 1)
            found = model(**batch, wanted=Wanted(places, batch["labels"].shape[1], Finish()), use_cache=False)
            loss = found.loss / len(places)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            steps(step, {"loss": float(loss)})


def trl(folder: Path, asked: argparse.Namespace, steps: Steps) -> None:
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer

    class Told(TrainerCallback):
        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            steps(state.global_step, logs)

    training = make_training(folder, asked, steps)
    table = Dataset.from_list(list(packed_rows(training)))
    config = SFTConfig(
        output_dir=str(folder / "trl"), max_steps=asked.steps, per_device_train_batch_size=1, warmup_steps=0,
        learning_rate=asked.rate, lr_scheduler_type="constant", logging_steps=1, save_strategy="no",
        packing=True, max_length=asked.length, dataset_kwargs={"skip_prepare_dataset": True},
        train_sampling_strategy="sequential", gradient_checkpointing=asked.trl_defaults,
        bf16=asked.trl_defaults, use_cpu=True, report_to="none", disable_tqdm=True, seed=0,
    )  # fmt: skip
    trainer = SFTTrainer(
        training.model, config, train_dataset=table, processing_class=training.tokenizer, callbacks=[Told()]
    )
    with measured():
        trainer.train()


def packed_rows(training: Any) -> Iterator[Numbers]:
    """The rows of ours, as TRL's packing writes them."""
    batches = training.batches(1, 0)
    for numbers in batches.sampler:
        examples = [training.train[number] for number in numbers]
        yield {
            "input_ids": [int(token) for example in examples for token in example.ids],
            "labels": [int(label) for example in examples for label in example.labels],
            "seq_lengths": [len(example.ids) for example in examples],
        }


# --- The loss alone -----------------------------------------------------------------------------


def loss_alone(way: str, asked: argparse.Namespace, steps: Steps) -> None:
    """`steps` losses of the learned positions of a row, with their gradients."""
    import torch

    torch.manual_seed(0)
    frozen = asked.adapter == "lora"
    hidden = torch.randn(1, asked.length, asked.hidden, requires_grad=True)
    weight = torch.nn.Parameter(torch.randn(asked.vocabulary, asked.hidden) * 0.02, requires_grad=not frozen)
    labels = torch.randint(asked.vocabulary, (1, asked.length))
    labels[0, : asked.length // 3] = -100
    work = {"ours": _our_loss, "trl": _trl_loss, "bare": _torch_loss}[way]
    with measured():
        for step in range(asked.steps):
            loss = work(hidden, weight, labels)
            loss.backward()
            size = float(hidden.grad.norm()) + (0 if frozen else float(weight.grad.norm()))  # type: ignore
            hidden.grad = weight.grad = None
            steps(step, {"loss": float(loss) + size})


def _our_loss(hidden: Any, weight: Any, labels: Any) -> Any:
    from pitchpipe_components.trainers.loss.chunked import Finish, Layer, losses
    from pitchpipe_components.trainers.loss.forward import learned_places

    places = learned_places(labels, 1)
    chosen, targets = hidden.flatten(0, 1).index_select(0, places), labels.flatten()[places + 1]
    return losses(chosen, targets, Layer(weight), Finish())[0] / len(places)


def _trl_loss(hidden: Any, weight: Any, labels: Any) -> Any:
    from trl.trainer import utils

    learned = (labels[:, 1:] != -100).flatten()
    found = utils._ChunkedLogProbFunction.apply(
        hidden[:, :-1].reshape(-1, hidden.shape[-1]), weight, None, labels[:, 1:].clamp(min=0).reshape(-1),
        1.0, utils._CHUNKED_LOGPROB_CHUNK_SIZE, None, 1.0, ("log_probs", "entropy", "is_top1"),
    )  # fmt: skip
    return -found[0].masked_fill(~learned, 0).sum() / learned.sum()


def _torch_loss(hidden: Any, weight: Any, labels: Any) -> Any:
    import torch

    logits = hidden @ weight.T
    return torch.nn.functional.cross_entropy(logits[0, :-1].float(), labels[0, 1:])


# --- One layer with LoRA ------------------------------------------------------------------------


def linear(asked: argparse.Namespace) -> None:
    """Forward and back through one frozen layer: bare, with PEFT's LoRA, with ours."""
    import torch
    from peft import LoraConfig, get_peft_model

    from pitchpipe_components.trainers.lora_linear import fewer_passes

    torch.set_num_threads(asked.threads)
    for inward, outward in ((256, 256), (256, 680), (680, 256), (1024, 4096)):
        layers = [torch.nn.Sequential(torch.nn.Linear(inward, outward, bias=False)) for _ in range(2)]
        settings, other = LoraConfig(target_modules=["0"], r=16), layers.pop()
        bare, adapted = layers[0].requires_grad_(False), get_peft_model(other, settings)  # type: ignore
        x, back = torch.randn(asked.length, inward, requires_grad=True), torch.randn(asked.length, outward)

        def seconds(layer: Any, x: Any = x, back: Any = back) -> float:
            began = time.process_time()
            layer(x).backward(back)
            return time.process_time() - began

        found: dict[str, list[float]] = {"bare": [], "PEFT": [], "ours": []}
        for _ in range(4 + asked.steps):
            found["bare"].append(seconds(bare))
            found["PEFT"].append(seconds(adapted))
            with fewer_passes(adapted):
                found["ours"].append(seconds(adapted))
        told = ", ".join(f"{name} {statistics.median(times) * 1e3:.1f} ms" for name, times in found.items())
        print(f"{inward} to {outward}: {told}")


# --- One process, and all of them ---------------------------------------------------------------

_memory: Numbers = {}


@contextmanager
def measured() -> Iterator[None]:
    """The most memory of the process while this lasts, beyond what it has now; seen 50 times a second."""
    done, began = threading.Event(), _resident()
    _memory["most"] = 0

    def look() -> None:
        while not done.wait(0.02):
            _memory["most"] = max(_memory["most"], _resident() - began)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    yield
    done.set()
    watcher.join()


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def one(way: str, asked: argparse.Namespace) -> Numbers:
    """Trains in this process."""
    import torch

    from pitchpipe_components.quiet import quiet

    quiet()
    torch.set_num_threads(asked.threads)
    steps = Steps()
    with tempfile.TemporaryDirectory() as folder:
        if asked.loss:
            loss_alone(way, asked, steps)
        else:
            write_data(Path(folder), asked)
            {"ours": ours, "bare": bare, "trl": trl}[way](Path(folder), asked, steps)
    clock, processor = np.diff(steps.times, axis=0)[FIRST:].T.tolist()
    return {"losses": steps.losses, "clock": clock, "cpu": processor, "memory": _memory["most"]}


def turns(asked: argparse.Namespace) -> dict[str, list[Numbers]]:
    """Each way in a process of its own (but for `--tiny`), as often as there are turns."""
    found: dict[str, list[Numbers]] = {way: [] for way in asked.ways}
    for _ in range(asked.turns):
        for way in asked.ways:
            if asked.tiny:
                found[way].append(one(way, asked))
                continue
            command = [sys.executable, __file__, "--one", way, *sys.argv[1:]]
            command += ["--adapter", asked.adapter, "--vocabulary", str(asked.vocabulary)]
            done = subprocess.run(
                command, capture_output=True, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"}
            )
            if done.returncode:
                sys.exit(f"{way}: {done.stderr[-3000:]}")
            found[way].append(json.loads(done.stdout.splitlines()[-1]))
    return found


def compare(asked: argparse.Namespace) -> None:
    """Runs all, proves that they learn the same, then tells how long they took."""
    found = turns(asked)
    expected = found["ours"][0]["losses"]
    for way, runs in found.items():
        for run in runs:
            assert len(run["losses"]) == asked.steps, f"{way}: {run['losses']}"
            apart = max(abs(a - b) / abs(b) for a, b in zip(run["losses"], expected, strict=True))
            assert apart < APART, f"{way} differs by {apart:.2%}: {run['losses']}, {expected}"
    kind = "the loss alone" if asked.loss else "a step"
    print(
        f"{kind}: {asked.adapter}, vocabulary {asked.vocabulary:,}, hidden {asked.hidden},"
        f" {asked.length:,} tokens, {asked.threads} threads; losses {expected[0]:.3f} to {expected[-1]:.3f}"
    )
    names = {"ours": "pitchpipe", "bare": "PyTorch, all logits" if asked.loss else "bare loop", "trl": "TRL"}
    print(f"  {'':20} {'clock':>9} {'processor':>11} {'memory':>12}   of pitchpipe's clock, processor")
    own = {kind: _median(found["ours"], kind) for kind in ("clock", "cpu")}
    for way, runs in found.items():
        clock, cpu = _median(runs, "clock"), _median(runs, "cpu")
        memory = max(run["memory"] for run in runs) / 2**20
        print(
            f"  {names[way]:20} {clock:7.3f} s {cpu:9.3f} s {memory:8,.0f} MiB  "
            f" {clock / own['clock']:6.2f} {cpu / own['cpu']:6.2f}",
            flush=True,
        )


def _median(runs: list[Numbers], kind: str) -> float:
    return statistics.median(second for run in runs for second in run[kind])


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--adapter", choices=("none", "lora"), help="all weights, or LoRA; not given: both")
    parser.add_argument("--vocabulary", type=int, default=16_384)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--length", type=int, default=4096, help="tokens of a row")
    parser.add_argument("--document", type=int, default=256, help="tokens of a document, about")
    parser.add_argument("--rows", type=int, default=24, help="rows of an epoch")
    parser.add_argument("--steps", type=int, default=7)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--trl-defaults", action="store_true", help="TRL's precision and checkpointing")
    parser.add_argument("--loss", action="store_true", help="the loss alone")
    parser.add_argument("--linear", action="store_true", help="one layer with LoRA")
    parser.add_argument("--tiny", action="store_true", help="a few seconds, to see that all runs")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.tiny:
        vars(asked).update(vocabulary=512, hidden=64, layers=2, length=256, document=32)
        vars(asked).update(rows=8, steps=4, turns=1)
    if asked.linear:
        linear(asked)
        return
    if asked.one:
        print("\n" + json.dumps(one(asked.one, asked)))
        return
    for adapter in [asked.adapter] if asked.adapter else ["none", "lora"]:
        asked.adapter = adapter
        compare(asked)


if __name__ == "__main__":
    main()
