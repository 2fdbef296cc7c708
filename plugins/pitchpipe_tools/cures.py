"""Errors of libraries that users meet, each with its cure: one table, for all commands that load a model.

An error is known by the name of its class or by its words, so that no library is imported to know it. The
errors that it came from are asked too. PITCHPIPE_VERBOSE=1 shows the trace instead.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from pitchpipe.errors import PitchpipeError

FULL = "the disk is full. Make room; the same command goes on from here."
DAMAGED = "a file of weights is cut short or damaged: fetch it, or copy it, again."
MEMORY = (
    "Let trainer sft have a smaller batch_size (and accumulate as many times more), or"
    " gradient_checkpointing: true; a smaller length of the collator and quantize: nf4 of the model help too."
)


class Cure(NamedTuple):
    """Words of an error, or the name of its class, and what to say instead."""

    known_by: str  # a regular expression for "ClassName: its words"
    say: str | Callable[[re.Match[str]], str]


def _unreachable(_: re.Match[str]) -> str:
    if os.environ.get("HF_HUB_OFFLINE", "0").lower() not in ("", "0", "false", "no", "off"):
        return (
            "the hub is switched off (HF_HUB_OFFLINE), and the files are not on this machine. Unset"
            " HF_HUB_OFFLINE to fetch them, or name a folder that holds them."
        )
    return "the hub cannot be reached, and the files are not on this machine. Is there a network?"


CURES = (
    Cure(
        r"No space left on device|Disk quota exceeded|StorageFull|StreamWriter failed|iostream error"
        r"|unexpected pos \d+",
        FULL,
    ),
    Cure(r"SafetensorError .*(deserializ|[Hh]eader|[Ii]ncomplete|[Oo]ffset)", DAMAGED),
    Cure(r"PytorchStreamReader failed|UnpicklingError", DAMAGED),
    Cure(
        r"OutOfMemoryError|(CUDA|HIP|MPS).*out of memory",
        f"the GPU's memory is full. {MEMORY} nvidia-smi shows who else is there.",
    ),
    Cure(r"can't allocate memory|MemoryError|Cannot allocate memory", f"the memory is full. {MEMORY}"),
    Cure(
        r"no kernel image is available|not compatible with the current PyTorch",
        "this build of torch does not know this GPU: install the one for it (pytorch.org, Get started).",
    ),
    Cure(
        r"driver on your system is too old|driver version is insufficient",
        "the GPU's driver is too old for this build of torch: update it, or install an older torch.",
    ),
    Cure(
        r"gloo.*(closed|reset) by peer|ncclRemoteError|DistBackendError",
        "another process of this launch has ended: what it says itself is the reason.",
    ),
    Cure(
        r"GatedRepoError|gated repo|Access to model .* is restricted",
        "it is gated. Ask for access on its page of the hub, then log in: hf auth login.",
    ),
    Cure(
        r"RevisionNotFoundError|is not a valid git identifier",
        "the hub has no such revision of it. Its page lists branches, tags and commits.",
    ),
    Cure(
        r"OfflineModeIsEnabled|LocalEntryNotFoundError|couldn't connect to|offline mode",
        _unreachable,
    ),
    Cure(
        r"RepositoryNotFoundError|is not a valid model identifier",
        "the hub has nothing of this name that you may see. Is it misspelt? If it is private: hf auth login.",
    ),
    Cure(
        r"(custom code|execute the \w+ file).*trust_remote_code",
        "it brings code of its own. If you trust that: trust_remote_code: true in the recipe.",
    ),
    Cure(
        r"does not recognize this architecture|Unrecognized model in|Unrecognized configuration class",
        "this transformers does not know the kind of model: pip install -U transformers, or take a causal"
        " language model.",
    ),
    Cure(
        r"[Ff]lash.?[Aa]tt.*(not (be used|installed)|seems to be not)|No module named 'flash_attn'",
        "its attention needs flash-attn, which is not installed: attention: sdpa in the recipe does without.",
    ),
    Cure(
        r"(SentencePiece|sentencepiece|tiktoken|protobuf).*(not found|install|required)",
        "its tokenizer needs one more package: pip install sentencepiece tiktoken protobuf.",
    ),
    Cure(
        r"size mismatch for",
        "the weights that were saved do not fit the base: it has changed. --name starts a run of its own.",
    ),
    Cure(
        r"no file named .*model\.safetensors.* found in|does not appear to have a file named",
        "there are no weights in the form of safetensors: take a model, or a revision of it, that has them.",
    ),
)


def cure(error: BaseException) -> str | None:
    """What is known of an error, or of the one that it came from."""
    for one in _chain(error):
        words = f"{' '.join(kind.__name__ for kind in type(one).__mro__)}: {one}"
        for known_by, say in CURES:
            if found := re.search(known_by, words, re.DOTALL):
                return say if isinstance(say, str) else say(found)
    return None


@contextmanager
def cured() -> Iterator[None]:
    """Errors of libraries that are known come out as errors that a user can cure."""
    try:
        yield
    except Exception as error:
        if os.environ.get("PITCHPIPE_VERBOSE", "0") not in ("", "0"):
            raise
        said = cure(error)
        if said is None:
            raise
        raise PitchpipeError(_in_its_place(error, said)) from error


def _in_its_place(error: Exception, said: str) -> str:
    """What was being done stands in our own errors, before the words of the library: "cannot load X: ..."."""
    if not isinstance(error, PitchpipeError):
        return said
    library = str(error.__cause__ or error.__context__ or "")
    if library and library in str(error):
        return str(error).replace(library, said)
    doing, _, words = str(error).partition(": ")  # of an error from another process the cause is not known
    return f"{doing}: {said}" if words and cure(Exception(words)) == said else str(error)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
