"""From chats to packed, labelled arrays, beside TRL's own preparation.   python benchmarks/prepare.py

Both read the same JSONL of chats whose words come from Python's own library, with the same tokenizer and the
same chat template, learn the replies alone and pack rows of 2,048 tokens. Ours is all of `pitchpipe prepare`:
format, repair, ids, every proof, the ledger, the arrays on disk, and an epoch's rows. TRL's is
`load_dataset` and what SFTTrainer does to it (`assistant_only_loss`, `packing`), in one process, as it comes,
and in as many as ours. Told are the whole process, from its start to its end, and its work: TRL's without
imports, ours with those of Transformers, which are part of it. Labels are compared first, document by
document. All run one after the other in each turn, and a ratio is that of one turn; the middle one is told.
"""

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pitchpipe_stages.render.writer import writer_of

LENGTH = 2048
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
RECIPE = """
model:
  transformers: {folder: model}
loaders:
  - files: {path: chats.jsonl}
template: chatml
collator:
  packed: {length: %d}
"""


# --- What both work on --------------------------------------------------------------------------


def library() -> list[str]:
    """Paragraphs of the standard library's sources, in an order of their own."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = sorted(path for path in folder.glob("*.py")) + sorted(folder.glob("[a-m]*/*.py"))
    texts = (path.read_text(encoding="utf-8", errors="ignore") for path in files)
    found = {part.strip("\n") for text in texts for part in text.split("\n\n")}
    # Repair would take HTML from what is said; TRL has nothing like it.
    paragraphs = sorted(part for part in found if 40 < len(part) < 600 and not set("<&") & set(part))
    random.Random(0).shuffle(paragraphs)
    return paragraphs


def chats(path: Path, paragraphs: list[str], rows: int, turns: int | None = None) -> None:
    """Chats of one to three exchanges, or of so many turns."""
    chance = random.Random(1)

    def said(most: int) -> str:
        return "\n\n".join(chance.choices(paragraphs, k=chance.randint(1, most)))

    with open(path, "w", encoding="utf-8") as file:
        for _ in range(rows):
            exchanges = turns // 2 if turns else chance.choice((1, 1, 2, 3))
            messages = []
            for _ in range(exchanges):
                messages += [
                    {"role": "user", "content": said(1)},
                    {"role": "assistant", "content": said(2)},
                ]
            file.write(json.dumps({"messages": messages}) + "\n")


def model(folder: Path, paragraphs: list[str], vocabulary: int) -> None:
    """A byte-level tokenizer that cuts as Llama 3 does, the chat template of pitchpipe, and a tiny model."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    from pitchpipe_components.templates.chatml import CHATML

    core = Tokenizer(models.BPE())
    cuts = pre_tokenizers.Split(Regex(LLAMA3), "isolated")
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [cuts, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocabulary, initial_alphabet=alphabet, show_progress=False)
    core.train_from_iterator(paragraphs, trainer)
    names = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
    core.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    tokenizer.chat_template = writer_of(CHATML).jinja("", "<|im_end|>", markers=True)
    tokenizer.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16,
        num_hidden_layers=1, num_attention_heads=1, num_key_value_heads=1,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)


# --- Each in a process of its own ---------------------------------------------------------------


def ours(processes: int, fast: bool) -> dict[str, Any]:
    """From the recipe to an epoch's rows."""
    import numpy as np

    from pitchpipe.host.host import Host
    from pitchpipe.run.run import run
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.prepare.examples import PreparedExamples
    from pitchpipe_stages.render import encoder as encoding
    from pitchpipe_stages.render.sections import COLLATOR
    from pitchpipe_tools.recipe_file.load import load

    if processes == 1:
        from transformers import AutoTokenizer

        AutoTokenizer.from_pretrained("model")  # what it imports when it is first used
    recipe, console = load(Path("recipe.yaml"), Host.from_environment()), RichConsole(quiet=True)
    if not fast:
        encoding._fastokens = lambda core: (None, "not asked for")
    began = time.perf_counter()
    run(recipe, Path("runs/ours"), console, "prepare", processes)
    train = PreparedExamples(Path("runs/ours/prepared"), "train")
    rows = recipe[COLLATOR].bound.plan(train.lengths(), 0, 0)  # type: ignore[union-attr]
    seconds = time.perf_counter() - began
    np.save("ours.rows.npy", np.concatenate([rows.order, rows.starts]))
    return {"seconds": seconds, "rows": len(rows), "tokens": int(train.lengths().sum())}


def theirs(processes: int) -> dict[str, Any]:
    """From the file to packed rows, as SFTTrainer prepares them."""
    import datasets
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    datasets.disable_progress_bars()
    tokenizer = AutoTokenizer.from_pretrained("model")
    tiny = AutoModelForCausalLM.from_pretrained("model")
    arguments = SFTConfig(
        output_dir="trl", max_length=LENGTH, packing=True, assistant_only_loss=True, report_to=[],
        dataset_num_proc=processes if processes > 1 else None, use_cpu=True, bf16=False,
    )  # fmt: skip
    spent = []

    class Timed(SFTTrainer):
        def _prepare_dataset(self, *args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            prepared = super()._prepare_dataset(*args, **kwargs)
            spent.append(time.perf_counter() - began)
            return prepared

    began = time.perf_counter()
    rows = datasets.load_dataset("json", data_files="chats.jsonl", split="train")
    loading = time.perf_counter() - began
    trainer = Timed(tiny, arguments, train_dataset=rows, processing_class=tokenizer)
    packed = trainer.train_dataset
    packed.save_to_disk("theirs")
    tokens = sum(map(sum, packed["seq_lengths"]))
    return {"seconds": loading + spent[0], "rows": len(packed), "tokens": tokens}


def timed(folder: Path, work: str) -> dict[str, Any]:
    """Run one of the two in a fresh process, with nothing cached."""
    for stale in ("runs",) if work.startswith("ours") else ("trl", "theirs", "cache"):
        shutil.rmtree(folder / stale, ignore_errors=True)
    variables = os.environ | {
        "PYTHONDONTWRITEBYTECODE": "",  # compiled once, as installing does
        "HF_DATASETS_CACHE": str(folder / "cache"),
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]),
    }
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", f"import json, prepare; print(json.dumps(prepare.{work}))"],
        env=variables, cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    whole, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout.splitlines()[-1]) | {"whole": whole, "busy": busy}


# --- Compared -----------------------------------------------------------------------------------


def same_documents(folder: Path) -> int:
    """How many documents both made: the same ids and the same labels, each once."""
    from collections import Counter

    import datasets
    import numpy as np

    from pitchpipe_stages.prepare.examples import PreparedExamples

    mine = Counter(
        (np.array(e.ids, np.int32).tobytes(), np.array(e.labels, np.int32).tobytes())
        for e in PreparedExamples(folder / "runs/ours/prepared", "train")
    )
    other: Counter[tuple[bytes, bytes]] = Counter()
    for row in datasets.load_from_disk(str(folder / "theirs")):
        ids, labels = np.array(row["input_ids"], np.int32), np.array(row["labels"], np.int32)
        start = 0
        for size in row["seq_lengths"]:
            other[ids[start : start + size].tobytes(), labels[start : start + size].tobytes()] += 1
            start += size
    assert mine == other, "ids or labels differ"
    return mine.total()


def speed(folder: Path, rows: int, processes: int, times: int) -> None:
    peers = {"TRL as it comes": "theirs(1)", f"TRL, {processes} processes": f"theirs({processes})"}
    mine = {
        "pitchpipe, tokenizers": f"ours({processes}, False)",
        "pitchpipe, fastokens": f"ours({processes}, True)",
    }
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in peers | mine}
    for turn in range(times):
        for name, work in (peers | mine).items():
            found[name].append(timed(folder, work))
            if turn == 0 and name in mine:
                count = same_documents(folder)
    print(f"{rows:,} chats, {processes} processes: the same ids and labels in all {count:,} documents")
    for name, results in found.items():
        whole, busy, seconds = (_middle(r[what] for r in results) for what in ("whole", "busy", "seconds"))
        tokens, packed = results[0]["tokens"], results[0]["rows"]
        print(
            f"{name:22} whole process {whole:5.1f} s, {busy:5.1f} s of processors; work {seconds:6.2f} s,"
            f" {tokens / seconds / 1e3:6,.0f} thousand tokens/s; {packed:,} rows,"
            f" {tokens / packed / LENGTH:.4f} full"
        )
    for name in mine:
        for peer in peers:
            whole, busy, seconds = (
                _middle(p[what] / m[what] for p, m in zip(found[peer], found[name], strict=True))
                for what in ("whole", "busy", "seconds")
            )
            print(f"{name:22} whole {whole:4.1f} times {peer}, processors {busy:.1f}, work {seconds:.1f}")


def _middle(values: Iterable[float]) -> float:
    return statistics.median(values)


def turns(folder: Path, paragraphs: list[str], rows: int, times: int) -> None:
    """What a token costs in long chats and in short ones, as many tokens of each."""
    (folder / "recipe.yaml").write_text(RECIPE % (32 * LENGTH))
    cost: dict[int, list[float]] = {4: [], 80: []}
    for _ in range(times):
        for count in cost:
            chats(folder / "chats.jsonl", paragraphs, rows * 4 // count, count)
            result = timed(folder, "ours(1, True)")
            cost[count].append(result["seconds"] / result["tokens"])
    short, long = (statistics.median(cost[count]) * 1e6 for count in (4, 80))
    print(
        f"a token of 80 turns costs {long:.2f} us, of 4 turns {short:.2f}: {long / short:.2f} times as much"
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--vocabulary", type=int, default=16_000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        where = Path(name)
        words = library()
        (where / "recipe.yaml").write_text(RECIPE % LENGTH)
        model(where / "model", words, asked.vocabulary)
        chats(where / "chats.jsonl", words, asked.rows)
        speed(where, asked.rows, asked.processes, asked.times)
        turns(where, words, asked.rows // 4, asked.times)
