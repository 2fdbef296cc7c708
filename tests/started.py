"""Runs in processes of their own, to be stopped."""

import os
import signal
import subprocess
import sys
import time

TRAINED = """\
model: tiny
adapter: lora
template: alpaca_short
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.8, validation: 0.1, test: 0.1}
trainer:
  sft: {batch_size: 4, epochs: 2, checkpoint_every: 5, log_every: 2}
evaluators:
  - perplexity
  - exact_match: {max_new_tokens: 8}
"""
ROWS = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(80)]


def started(here, *arguments):
    """A run in a process of its own, to be killed."""
    command = [sys.executable, "-m", "pitchpipe", "run", "recipe.yaml", *arguments]
    return subprocess.Popen(
        command,
        cwd=here.folder,
        env=os.environ | here.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=interruptible,
    )


def interruptible():
    """What a shell starts in the background ignores Ctrl-C, and so would we."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_for(condition, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.005)
