"""Training Llama models on one GPU, beside TRL: tokens/s, memory, FLOPs.   python benchmarks/gpu.py

Nothing is downloaded: models have the shapes of Llama 3.1 8B, 3.2 3B and 3.2 1B and weights by chance, and
documents are tokens by chance, of which all are learned. Ours is the trainer `sft` with the collator
`packed`, as `pitchpipe run` calls it. TRL learns the same documents as it comes (one a row, padded, float32
weights under autocast, checkpointing), tuned (our packed rows, bfloat16, no checkpointing), and tuned with
Liger's kernels where they are installed. Each trains in a process of its own.

First the loss of the first batch and the length of its gradient are compared with those of the model's own
forward pass, one document after the other, with logits in float32: they may differ by 1 % and 2 %. In each
step the gradient must be finite and not 0, and TRL's losses of the same rows must be ours within 1 %. The
first 5 steps are thrown away and 20 are timed, by events of the device. Tokens are real ones: padding is not
counted. FLOPs are those that the task needs: of a frozen matrix forward and the gradient of its input alone,
of attention what the documents need, nothing for what is computed twice.

    python benchmarks/gpu.py 8b-lora 8b-qlora       some of the cases
    python benchmarks/gpu.py --ways ours             without TRL
    python benchmarks/gpu.py --tiny                  small models, here, in a minute: does all of it work?
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np

Numbers = dict[str, Any]
Way = Literal["ours", "trl", "trl-tuned", "trl-liger"]
WAYS: tuple[Way, ...] = ("ours", "trl-tuned", "trl-liger", "trl")
WARM, TIMED = 5, 20
LOSS_APART, GRADIENT_APART = 0.01, 0.02
LEARNING_RATE = {"full": 2e-5, "lora": 2e-4, "qlora": 2e-4}
# Dense bfloat16, by the vendors' datasheets: TFLOP/s.
PEAK = {"H100 PCIe": 756, "H100": 989, "H200": 989, "B200": 2250, "A100": 312, "L40S": 362, "4090": 165}
# Llama 3 8B, LoRA of rank 16 on all linear layers, rows of 4,096, two at once, one H100: tokens/s that NeMo
# AutoModel publishes (docs/performance-summary).
PUBLISHED = {"8b-lora": 12_473}


@dataclass(frozen=True)
class Shape:
    """The shape of a Llama model."""

    hidden: int
    inner: int
    layers: int
    heads: int
    groups: int
    width: int  # of a head
    tied: bool
    vocabulary: int = 128_256

    def config(self) -> Any:
        from transformers import LlamaConfig

        return LlamaConfig(
            hidden_size=self.hidden, intermediate_size=self.inner, num_hidden_layers=self.layers,
            num_attention_heads=self.heads, num_key_value_heads=self.groups, head_dim=self.width,
            vocab_size=self.vocabulary, tie_word_embeddings=self.tied, max_position_embeddings=131_072,
            rope_parameters={"rope_type": "default", "rope_theta": 500_000.0},
            bos_token_id=None, eos_token_id=0, pad_token_id=1,
        )  # fmt: skip

    @property
    def linear(self) -> int:
        """Weights of the linear layers that a token passes, without the output layer."""
        attention = self.hidden * self.width * 2 * (self.heads + self.groups)
        return self.layers * (attention + 3 * self.hidden * self.inner)

    def adapters(self, rank: int) -> int:
        wide, narrow = self.heads * self.width, self.groups * self.width
        sides = 2 * (self.hidden + wide) + 2 * (self.hidden + narrow) + 3 * (self.hidden + self.inner)
        return self.layers * rank * sides


@dataclass(frozen=True)
class Case:
    """What is trained, on rows of how many tokens, how many rows at once."""

    shape: Shape
    kind: Literal["full", "lora", "qlora"]
    rows: int
    length: int = 4096
    document: int = 400  # tokens, about; as many as a row's: each document fills a row
    rank: int = 16

    @property
    def documents(self) -> int:
        """How many hold about as many tokens as a batch."""
        return max(1, self.rows * self.length // self.document)

    def flops(self, lengths: "np.ndarray[Any, Any]") -> float:
        """What a token of such documents needs."""
        shape, seen = self.shape, float((lengths**2).sum() / lengths.sum())
        attention = 2 * shape.layers * shape.heads * shape.width * seen
        weights = shape.linear + shape.vocabulary * shape.hidden
        own = 6 * weights if self.kind == "full" else 4 * weights + 6 * shape.adapters(self.rank)
        return own + 3 * attention


LLAMA_8B = Shape(4096, 14_336, 32, 32, 8, 128, tied=False)
LLAMA_3B = Shape(3072, 8192, 28, 24, 8, 128, tied=True)
LLAMA_1B = Shape(2048, 8192, 16, 32, 8, 64, tied=True)
CASES = {
    "8b-lora": Case(LLAMA_8B, "lora", rows=2, document=4096),  # the shapes of PUBLISHED
    "8b-lora-packed": Case(LLAMA_8B, "lora", rows=2),
    "8b-qlora": Case(LLAMA_8B, "qlora", rows=2, document=4096),
    "3b-lora": Case(LLAMA_3B, "lora", rows=4),
    "1b-lora": Case(LLAMA_1B, "lora", rows=4),
    "3b-full": Case(LLAMA_3B, "full", rows=2),
    "1b-full": Case(LLAMA_1B, "full", rows=4),
}
SMALL = Shape(64, 160, 2, 4, 2, 16, tied=False, vocabulary=512)
TINY = {
    "lora": Case(SMALL, "lora", rows=2, length=128, document=24, rank=4),
    "qlora": Case(SMALL, "qlora", rows=2, length=128, document=128, rank=4),
    "full": Case(replace(SMALL, tied=True), "full", rows=2, length=128, document=24),
}


# --- Data and model -----------------------------------------------------------------------------


def write_documents(folder: Path, case: Case, steps: int) -> None:
    """Prepared examples of tokens by chance, enough for these steps."""
    chance = np.random.default_rng(0)
    tokens = case.length * case.rows * (steps + 2)
    if case.document == case.length:
        lengths = np.full(tokens // case.length, case.length)
    else:
        count = int(tokens / case.document * 1.2)
        drawn = chance.lognormal(math.log(case.document) - 0.32, 0.8, count)
        lengths = np.clip(drawn.astype(np.int64), 8, case.length)
    ids = chance.integers(8, case.shape.vocabulary, int(lengths.sum())).astype(np.int32)
    offsets = np.concatenate([[0], lengths.cumsum()]).astype(np.int64)
    for side, upto in (("train", len(ids)), ("validation", 0)):
        ids[:upto].tofile(folder / f"{side}.ids")
        np.ones(upto, np.uint8).tofile(folder / f"{side}.mask")
        (offsets if upto else offsets[:1]).tofile(folder / f"{side}.offsets")
        places = ({"source": {"dataset": "chance", "file": "", "line": n}} for n in range(len(lengths)))
        lines = [json.dumps(place) + "\n" for place in places] if upto else []
        (folder / f"{side}.jsonl").write_text("".join(lines))


def device() -> Any:
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def make_base(case: Case, kind: Any) -> Any:
    """The model with weights by chance, made where it will stay."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    with device():
        model = AutoModelForCausalLM.from_config(case.shape.config(), dtype=kind)
    return quantised(model) if case.kind == "qlora" else model


def quantised(model: Any) -> Any:
    """NF4 with quantised scales in place of every linear layer but the output layer."""
    import bitsandbytes as bnb
    import torch
    from transformers import BitsAndBytesConfig
    from transformers.quantizers import AutoHfQuantizer

    for name, layer in list(model.named_modules()):
        if isinstance(layer, torch.nn.Linear) and layer is not model.get_output_embeddings():
            parent, _, last = name.rpartition(".")
            new = bnb.nn.Linear4bit(
                layer.in_features, layer.out_features, bias=False, compute_dtype=layer.weight.dtype,
                compress_statistics=True, quant_type="nf4",
            )  # fmt: skip
            new.weight = bnb.nn.Params4bit(layer.weight.data, requires_grad=False, quant_type="nf4")
            if hasattr(new, "support_avx512bf16_for_cpu"):
                new.support_avx512bf16_for_cpu = False
            setattr(model.get_submodule(parent), last, new.to(device()))
    settings = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True
    )
    model.hf_quantizer = AutoHfQuantizer.from_config(settings)
    model.is_loaded_in_4bit = model.is_quantized = True
    return model


def make_model(case: Case, kind: Any) -> Any:
    from pitchpipe_components.adapters.lora import Lora

    base = make_base(case, kind)
    return base if case.kind == "full" else Lora(rank=case.rank)(base, [])


def make_training(folder: Path, case: Case, report: Callable[[int, Numbers], None]) -> Any:
    import torch

    from pitchpipe_components.collators import Packed
    from pitchpipe_components.models.tiny.build import tokenizer
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.prepare.examples import PreparedExamples
    from pitchpipe_stages.train.probe import Probe
    from pitchpipe_stages.train.training import RecipeTraining

    kind = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    words, console = tokenizer(), RichConsole(quiet=True)
    nobody: Any = None  # no template: no prompts are asked
    return RecipeTraining(
        model=make_model(case, kind), tokenizer=words, new_tokens=[],
        train=PreparedExamples(folder, "train"), validation=PreparedExamples(folder, "validation"),
        collator=Packed(case.length), folder=folder / "model", checkpoints=folder / "checkpoints",
        report=report, console=console, prober=Probe(folder, [], words, nobody, [], console, nobody),
    )  # fmt: skip


# --- Measuring ----------------------------------------------------------------------------------


class Steps:
    """The loss and the gradient of each step, and when it had ended on the device."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.gradients: list[float] = []
        self.marks: list[Any] = []

    def __call__(self, step: int, values: Numbers) -> None:
        if "loss" in values and "grad_norm" in values:
            self.losses.append(float(values["loss"]))
            self.gradients.append(float(values["grad_norm"]))
            self.marks.append(self._mark())

    def seconds(self, warm: int) -> list[float]:
        """How long each step took after the first `warm`."""
        import torch

        if not torch.cuda.is_available():
            return [later - earlier for earlier, later in pairwise(self.marks[warm - 1 :])]
        torch.cuda.synchronize()
        return [earlier.elapsed_time(later) / 1e3 for earlier, later in pairwise(self.marks[warm - 1 :])]

    @staticmethod
    def _mark() -> Any:
        import torch

        if not torch.cuda.is_available():
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event


def reference(training: Any, batch: list[int]) -> tuple[float, float]:
    """The loss of some documents and the length of its gradient, by the model's own forward pass."""
    import torch
    from torch.nn.functional import cross_entropy

    model, found = training.model, 0.0
    examples = [training.train[number] for number in batch]
    learned = sum(len(example.ids) - 1 for example in examples)
    context = torch.autocast(device().type, torch.bfloat16, enabled=torch.cuda.is_available())
    for example in examples:
        ids = torch.tensor([list(example.ids)], device=device())
        with context:
            logits = model(input_ids=ids, use_cache=False).logits
        loss = cross_entropy(logits[0, :-1].float(), ids[0, 1:], reduction="sum") / learned
        loss.backward()
        found += float(loss.detach())
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    norm = float(torch.nn.utils.get_total_norm(gradients))
    model.zero_grad(set_to_none=True)
    return found, norm


def batches_of(training: Any, case: Case, way: Way, steps: int) -> list[list[int]]:
    """The documents of each step."""
    if way == "trl":
        numbers, size = [n % len(training.train) for n in range(steps * case.documents)], case.documents
        return [numbers[at : at + size] for at in range(0, len(numbers), size)]
    rows = list(training.batches(case.rows, 0).sampler)
    batches = [rows[at : at + case.rows] for at in range(0, steps * case.rows, case.rows)]
    return [[number for row in batch for number in row] for batch in batches]


def ours(training: Any, case: Case, steps: int) -> None:
    from dataclasses import fields

    from pitchpipe_components.trainers import Sft

    apart = {"rehearse": False, "samples": 0, "gradient_checkpointing": False}  # measured elsewhere
    known = {field.name for field in fields(Sft)}
    Sft(
        max_steps=steps, batch_size=case.rows, learning_rate=LEARNING_RATE[case.kind], schedule="constant",
        warmup=0, log_every=1, checkpoint_every=10**6, **{k: v for k, v in apart.items() if k in known},
    )(training)  # fmt: skip


def trl(training: Any, case: Case, steps: int, folder: Path, way: Way) -> None:
    import torch
    from datasets import Dataset
    from transformers import PrinterCallback, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    class Told(TrainerCallback):
        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            training.log(state.global_step, logs or {})

    gpu, packed = torch.cuda.is_available(), way != "trl"
    tuned: Numbers = {"gradient_checkpointing": False, "packing": True} if packed else {}
    if way == "trl-liger":
        _with_liger(training.model)
    config = SFTConfig(
        output_dir=str(folder / "trl"), max_steps=steps, warmup_steps=0, lr_scheduler_type="constant",
        per_device_train_batch_size=case.rows if packed else case.documents, max_length=case.length,
        learning_rate=LEARNING_RATE[case.kind], weight_decay=0.0, bf16=gpu, use_cpu=not gpu, seed=0,
        train_sampling_strategy="sequential", dataset_kwargs={"skip_prepare_dataset": True},
        logging_steps=1, save_strategy="no", report_to="none", disable_tqdm=True, **tuned,
    )  # fmt: skip
    rows = rows_of(training, case.rows, steps) if packed else alone(training, case.documents * steps)
    trainer = SFTTrainer(
        training.model, config, train_dataset=Dataset.from_list(list(rows)),
        processing_class=training.tokenizer, callbacks=[Told()],
    )  # fmt: skip
    trainer.remove_callback(PrinterCallback)
    trainer.train()


def _with_liger(model: Any) -> None:
    from liger_kernel.transformers import apply_liger_kernel_to_llama

    base = model.get_base_model() if hasattr(model, "peft_config") else model
    apply_liger_kernel_to_llama(cross_entropy=False, fused_linear_cross_entropy=False, model=base)


def rows_of(training: Any, rows: int, steps: int) -> Iterator[Numbers]:
    """Our rows in our order, as TRL's packing writes them."""
    for row in list(training.batches(rows, 0).sampler)[: rows * steps]:
        ids = [list(training.train[number].ids) for number in row]
        flat = [token for one in ids for token in one]
        yield {"input_ids": flat, "labels": flat, "seq_lengths": [len(one) for one in ids]}


def alone(training: Any, count: int) -> Iterator[Numbers]:
    for number in range(count):
        ids = list(training.train[number % len(training.train)].ids)
        yield {"input_ids": ids, "labels": ids}


def measure(name: str, case: Case, way: Way, warm: int, timed: int) -> Numbers:
    """Trains in this process, and says what was found."""
    import torch

    steps, count, expected = Steps(), warm + timed, None
    with tempfile.TemporaryDirectory() as at:
        write_documents(Path(at), case, count)
        training = make_training(Path(at), case, steps)
        batches = batches_of(training, case, way, count)
        if way == "ours":
            expected = reference(training, batches[0])
        elif way == "trl" and case.kind != "qlora":
            training.model.float()  # as TRL loads a model by its name
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        if way == "ours":
            ours(training, case, count)
        else:
            trl(training, case, count, Path(at), way)
        lengths = training.train.lengths()
    _must_be_sound(steps, count, expected)
    timed_lengths = [lengths[batch] for batch in batches[warm:]]
    seconds = steps.seconds(warm)
    speed = sum(int(some.sum()) for some in timed_lengths) / sum(seconds)
    return {
        "case": name, "way": way, "tokens_per_second": speed, "step_seconds": statistics.median(seconds),
        "losses": steps.losses, "gradients": steps.gradients, "reference": expected,
        "torch": torch.__version__, **_of_device(speed * case.flops(np.concatenate(timed_lengths))),
    }  # fmt: skip


def _of_device(flops: float) -> Numbers:
    """Its name, the most memory that it gave, and which share of its peak so many FLOP/s are."""
    import torch

    if not torch.cuda.is_available():
        return {"device": "processor", "peak_gib": None, "mfu": None}
    name = torch.cuda.get_device_name()
    peak = next((tera * 1e12 for known, tera in PEAK.items() if known in name), None)
    memory = torch.cuda.max_memory_allocated() / 2**30
    return {"device": name, "peak_gib": memory, "mfu": flops / peak if peak else None}


def _must_be_sound(steps: Steps, count: int, expected: tuple[float, float] | None) -> None:
    assert len(steps.losses) == count, f"{len(steps.losses)} steps of {count}"
    assert all(math.isfinite(norm) and norm > 0 for norm in steps.gradients), steps.gradients
    if expected:
        _must_be_near("the loss of step 1", steps.losses[0], expected[0], LOSS_APART)
        _must_be_near("the gradient of step 1", steps.gradients[0], expected[1], GRADIENT_APART)


def _must_be_near(what: str, found: float, expected: float, apart: float) -> None:
    assert abs(found - expected) <= apart * abs(expected), f"{what}: {found}, and by the reference {expected}"


# --- Each in a process of its own, and all of them ----------------------------------------------


def in_process(name: str, way: Way, asked: argparse.Namespace) -> Numbers:
    """Measures in a fresh process, whose memory on the device is its own."""
    command = [
        sys.executable,
        __file__,
        name,
        "--one",
        way,
        "--warm",
        str(asked.warm),
        "--timed",
        str(asked.timed),
    ]
    done = subprocess.run(
        [*command, *(["--tiny"] if asked.tiny else [])], capture_output=True, text=True,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    if done.returncode:
        return {
            "case": name,
            "way": way,
            "failed": done.stderr.strip().splitlines()[-1] if done.stderr else "killed",
        }
    return json.loads(done.stdout.splitlines()[-1])


def compare(name: str, found: list[Numbers]) -> None:
    """TRL's losses of the same rows must be ours."""
    by_way = {one["way"]: one for one in found if "failed" not in one}
    own = by_way.get("ours")
    for way in ("trl-tuned", "trl-liger"):
        if own and way in by_way:
            for step, (loss, other) in enumerate(zip(own["losses"], by_way[way]["losses"], strict=True), 1):
                _must_be_near(f"{name}, {way}, loss of step {step}", other, loss, LOSS_APART)


def show(found: list[Numbers]) -> None:
    """A line for each: ours beside what is published, the others beside ours."""
    own = {
        one["case"]: one["tokens_per_second"] for one in found if one["way"] == "ours" and "failed" not in one
    }
    for one in found:
        label = f"{one['case']:15} {one['way']:10}"
        if "failed" in one:
            print(f"{label} failed: {one['failed']}")
            continue
        memory = f" {one['peak_gib']:6.1f} GiB" if one["peak_gib"] else ""
        share = f" {one['mfu']:6.1%} of the device's peak" if one["mfu"] else ""
        beside = "  ".join(_beside(one, own))
        print(f"{label} {one['tokens_per_second']:10,.0f} tokens/s{memory}{share}  {beside}", flush=True)


def _beside(one: Numbers, own: dict[str, float]) -> Iterator[str]:
    case, speed = one["case"], one["tokens_per_second"]
    if one["way"] != "ours" and case in own:
        yield f"ours is {own[case] / speed:.2f} times as fast"
    if one["way"] == "ours" and case in PUBLISHED:
        yield f"{speed / PUBLISHED[case]:.2f} of NeMo AutoModel's {PUBLISHED[case]:,} on an H100"
    if one["way"] == "ours" and case == "8b-qlora" and "8b-lora" in own:
        yield f"{speed / own['8b-lora']:.2f} of LoRA's"


def main(arguments: list[str] | None = None) -> list[Numbers]:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(CASES)}; with --tiny, of {', '.join(TINY)}")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--warm", type=int, default=WARM, help="steps that are not timed")
    parser.add_argument("--timed", type=int, default=TIMED)
    parser.add_argument("--out", type=Path, help="a file for all numbers, those of each step too")
    parser.add_argument("--tiny", action="store_true", help="small models, here and in seconds")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    cases = TINY if asked.tiny else CASES
    if unknown := [name for name in asked.cases if name not in cases]:
        parser.error(f"no case {unknown[0]}: {', '.join(cases)}")
    if asked.one:
        case = cases[asked.cases[0]]
        print(json.dumps(measure(asked.cases[0], case, asked.one, asked.warm, asked.timed)))
        return []
    ways = [way for way in WAYS if way in asked.ways and (way != "trl-liger" or find_spec("liger_kernel"))]
    found: list[Numbers] = []
    for name in asked.cases or cases:
        for way in ways:
            found.append(
                measure(name, cases[name], way, asked.warm, asked.timed)
                if asked.tiny
                else in_process(name, way, asked)
            )
            show(found[-1:])
        compare(name, found[-len(ways) :])
    print(f"\n{found[0].get('device', '')}, torch {found[0].get('torch', '')}")
    show(found)
    if asked.out:
        asked.out.write_text(json.dumps(found))
    return found


if __name__ == "__main__":
    main()
