"""16 streams over HTTP on CPU: tokens a second and the time to the first one, beside `transformers serve`.

    python benchmarks/serve.py                   a model of 3 million parameters; --large: of 32 million

Each server is a process of its own, with one thread of torch, and serves the same random model from a folder.
Clients ask for greedy answers of the same length, all at once, and hear them as streams; texts must be equal
everywhere. `engine` is pitchpipe's own engine without HTTP. Turns alternate, and the medians are printed.
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import aiohttp

TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<|end|>", "<|user|>", "<|assistant|>", "<|system|>"]
SIZES = {False: (256, 704, 4), True: (576, 1536, 8)}  # hidden, intermediate, layers
READY = 180  # seconds until a server must answer
BIN = Path(sys.executable).parent


class Turn(NamedTuple):
    """What 16 streams measured: tokens a second, milliseconds of the server's processor for each, seconds to
    the first token of each stream, and the texts."""

    rate: float
    cpu: float
    firsts: list[float]
    texts: list[str]


def write_model(folder: Path, large: bool) -> None:
    """A random model that writes letters, and no end before it must."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    core = Tokenizer(models.BPE({token: at for at, token in enumerate([*SPECIAL, *alphabet])}, []))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens(SPECIAL)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, eos_token=SPECIAL[0], pad_token=SPECIAL[0])
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    hidden, inner, layers = SIZES[large]
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=hidden, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=8, num_key_value_heads=4, max_position_embeddings=512, initializer_range=0.1,
        eos_token_id=0, pad_token_id=0, bos_token_id=None,
    ))  # fmt: skip
    letters = [
        at
        for token, at in tokenizer.get_vocab().items()
        if len(token) == 1 and token.isalpha() and token.isascii()
    ]
    with torch.no_grad():
        others = [at for at in range(len(tokenizer)) if at not in letters]
        model.lm_head.weight[others] = 0  # their logits are 0, and the best letter's is above it
    model.save_pretrained(folder)


def questions(count: int, turn: int) -> list[str]:
    return [
        f"Question {number} of turn {turn}: " + "what, why and how? " * (1 + number % 4)
        for number in range(count)
    ]


def cpu_of(process: int) -> float:
    """Seconds of the processor that a process has used."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def served(command: list[str], port: int) -> Iterator[tuple[str, int]]:
    """A server in a process, once it answers."""
    settings = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    log = Path(f"log{port}")
    with log.open("w") as said, subprocess.Popen(command, stdout=said, stderr=said, env=settings) as process:
        try:
            asyncio.run(answering(f"http://127.0.0.1:{port}", process, log))
            yield f"http://127.0.0.1:{port}/v1", process.pid
        finally:
            process.kill()


async def answering(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.perf_counter() + READY
    async with aiohttp.ClientSession() as session:
        while time.perf_counter() < end and process.poll() is None:
            try:
                async with session.get(f"{url}/health") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)
    raise SystemExit(f"{' '.join(process.args)}: {log.read_text()[-2000:]}")  # type: ignore[arg-type]


async def stream(
    session: aiohttp.ClientSession, url: str, model: str, words: str, most: int
) -> tuple[float, str]:
    """Seconds to the first words of an answer, and all of them."""
    messages = [{"role": "user", "content": words}]
    body = {"model": model, "messages": messages, "temperature": 0, "max_tokens": most, "stream": True}
    began, first, text = time.perf_counter(), 0.0, ""
    async with session.post(f"{url}/chat/completions", json=body) as response:
        if response.status != 200:
            raise SystemExit(f"{url}: {response.status} {await response.text()}")
        async for line in response.content:
            data = line.removeprefix(b"data:").strip()
            if not data.startswith(b"{"):
                continue
            for choice in json.loads(data).get("choices", []):
                said = choice["delta"].get("content") or ""
                first = first or (time.perf_counter() - began if said else 0.0)
                text += said
    return first, text


async def asked(served: tuple[str, int], model: str, texts: list[str], most: int) -> Turn:
    url, process = served
    cpu = cpu_of(process)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        began = time.perf_counter()
        said = await asyncio.gather(*(stream(session, url, model, text, most) for text in texts))
    seconds, count = time.perf_counter() - began, sum(len(text) for _, text in said)  # a letter is a token
    each = (cpu_of(process) - cpu) / count * 1000
    return Turn(count / seconds, each, [first for first, _ in said], [text for _, text in said])


class Bare:
    """The engine without HTTP, in this process."""

    def __init__(self, folder: Path):
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from pitchpipe_stages.serve.engine.engine import Engine

        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.engine = Engine(AutoModelForCausalLM.from_pretrained(folder), [0], 16, threads=1)
        self.engine.start()

    def asked(self, texts: list[str], most: int) -> Turn:
        from pitchpipe.host.serving import Wish
        from pitchpipe_stages.serve.engine.row import AnswerRow

        heard: Queue[tuple[int, Any, float]] = Queue()
        cpu = time.process_time()
        began = time.perf_counter()
        for number, text in enumerate(texts):
            ids = self.tokenizer(f"<|user|>{text}<|end|><|assistant|>")["input_ids"]
            tell = lambda step, number=number: heard.put((number, step, time.perf_counter()))  # noqa: E731
            self.engine.ask(AnswerRow(ids, Wish(), most, tell))
        tokens, firsts, going = [list[int]() for _ in texts], dict[int, float](), len(texts)
        while going:
            number, step, at = heard.get()
            tokens[number].append(step.token)
            firsts.setdefault(number, at - began)
            going -= bool(step.end)
        seconds = time.perf_counter() - began
        said = [self.tokenizer.decode(ids) for ids in tokens]
        count = sum(map(len, tokens))
        each = (time.process_time() - cpu) / count * 1000
        return Turn(count / seconds, each, list(firsts.values()), said)


def commands(folder: Path, others: bool) -> dict[str, tuple[list[str], int, str]]:
    """What serves the model: the command, its port, and the model's name there."""
    ours, plain, batching = free_port(), free_port(), free_port()
    peer = [str(BIN / "transformers"), "serve", str(folder), "--device", "cpu", "--port"]
    cache = ["--continuous-batching", "--cb-block-size", "32", "--cb-num-blocks", "256"]
    found = {
        "pitchpipe": ([str(BIN / "pitchpipe"), "serve", str(folder), "--port", str(ours)], ours, folder.name)
    }
    if others:
        found["plain"] = ([*peer, str(plain)], plain, str(folder))
        found["batching"] = ([*peer, str(batching), *cache], batching, str(folder))
    return found


def measure(folder: Path, given: argparse.Namespace) -> dict[str, list[Turn]]:
    found: dict[str, list[Turn]] = {}
    for name, (command, port, model) in commands(folder, not given.alone).items():
        with served(command, port) as server:
            asyncio.run(
                asked(server, model, questions(given.streams, 99), 4)
            )  # imports, and the first of all
            found[name] = [
                asyncio.run(asked(server, model, questions(given.streams, turn), given.tokens))
                for turn in range(given.turns)
            ]
    bare = Bare(folder)
    bare.asked(questions(given.streams, 99), 4)
    found["engine"] = [
        bare.asked(questions(given.streams, turn), given.tokens) for turn in range(given.turns)
    ]
    bare.engine.close()
    return found


def show(found: dict[str, list[Turn]]) -> None:
    ours = found["pitchpipe"]
    rate, first = median(turn.rate for turn in ours), median(at for turn in ours for at in turn.firsts)
    heads = ("tokens/s", "ms of CPU each", "first token, ms", "ours / its", "its first / ours")
    print(" " * 12 + "".join(f"{head:>18}" for head in heads))
    for name, turns in found.items():
        its, cpu = median(turn.rate for turn in turns), median(turn.cpu for turn in turns)
        wait = median(at for turn in turns for at in turn.firsts)
        columns = f"{its:.0f}", f"{cpu:.2f}", f"{wait * 1000:.0f}", f"{rate / its:.2f}", f"{wait / first:.2f}"
        print(f"{name:12}" + "".join(f"{column:>18}" for column in columns))
        pairs = zip(ours, turns, strict=True)
        same = sum(a == b for one, other in pairs for a, b in zip(one.texts, other.texts, strict=True))
        print(f"{'':12}the same text: {same} of {sum(len(turn.texts) for turn in ours)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--large", action="store_true", help="32 million parameters")
    parser.add_argument("--streams", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=64, help="of each answer")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="without transformers serve")
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with TemporaryDirectory() as place:
        folder = Path(place, "random")
        write_model(folder, given.large)
        before = Path.cwd()
        os.chdir(place)
        try:
            show(measure(folder, given))
        finally:
            os.chdir(before)
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
