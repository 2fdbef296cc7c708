"""Asks a server by bespoke curator, and prints how many seconds that took.

    PYTHON benchmarks/as_curator.py URL COUNT AT_ONCE     with bespokelabs-curator==0.1.31

It counts tokens by a vocabulary that it fetches; here it counts four letters as a token, so that it needs no
network, and is no slower.
"""

import os
import sys
import time
from tempfile import TemporaryDirectory

URL, COUNT, AT_ONCE = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
CACHE = TemporaryDirectory()
os.environ |= {
    "TELEMETRY_ENABLED": "false", "CURATOR_DISABLE_RICH_DISPLAY": "1", "CURATOR_VIEWER": "false",
    "HF_HUB_OFFLINE": "1", "CURATOR_CACHE_DIR": CACHE.name, "OPENAI_API_KEY": "none",
}  # fmt: skip

import tiktoken  # noqa: E402
from asks import asked  # noqa: E402
from bespokelabs import curator  # noqa: E402


class FourLetters:
    """A token is four letters."""

    def encode(self, text, **_):
        return [0] * (len(text) // 4)


tiktoken.get_encoding = tiktoken.encoding_for_model = lambda _: FourLetters()


class Asks(curator.LLM):
    """The benchmark's questions."""

    def prompt(self, row):
        return row["prompt"]

    def parse(self, row, response):
        return {"number": row["number"], "text": response}


def main() -> None:
    how = {
        "base_url": URL, "api_key": "none", "max_concurrent_requests": AT_ONCE,
        "max_requests_per_minute": 10**7, "max_tokens_per_minute": 10**10, "request_timeout": 60,
    }  # fmt: skip
    settings = {"temperature": 0.7, "max_tokens": 512}
    asks = Asks(model_name="m", backend="openai", backend_params=how, generation_params=settings)
    rows = [{"number": number, "prompt": asked(number)} for number in range(COUNT)]
    began = time.perf_counter()
    made = asks(rows, working_dir=CACHE.name).dataset
    seconds = time.perf_counter() - began
    texts = {row["number"]: row["text"] for row in made}
    wrong = [number for number in range(COUNT) if not texts[number].startswith(asked(number)[:24])]
    assert len(made) == COUNT and not wrong, wrong[:3]
    print(f"seconds: {seconds:.3f}")


if __name__ == "__main__":
    main()
