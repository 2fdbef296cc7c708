"""Does llama.cpp compute what Transformers computes, from files that are exported?

    python benchmarks/as_llama_cpp.py

Needs llama-cpp-python, whose installation builds llama.cpp for some minutes. Writes small models with chance
for weights as GGUF in float32, one of each shape that goes wrong in converters. Prints how far the logits of
both lie apart, and stops where that is more than rounding.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import llama_cpp
import torch

ROOT = Path(__file__).parents[1]
MOST = 2e-3  # llama.cpp adds up in another order


def main() -> None:
    """Each shape in turn."""
    sys.path.insert(0, str(ROOT))
    from tests.components.exporters import test_gguf as made

    from pitchpipe_components.exporters.gguf.exporter import Gguf

    shapes = {
        "llama, positions stretched as in Llama 3.1, with biases": made.llama3_positions(),
        "qwen2, shared embeddings": made.models("qwen2")[1],
        "qwen3": made.models("qwen3")[0],
    }
    for name, model in shapes.items():
        with TemporaryDirectory() as folder:
            job = made.export(Path(folder), model)
            Gguf("f32")(job)
            file = str(job.folder / "small-f32.gguf")
            theirs = llama_cpp.Llama(file, n_ctx=64, logits_all=True, verbose=False, n_gpu_layers=0)
            theirs.eval(made.IDS[0].tolist())
            found = torch.tensor(theirs.scores[: made.IDS.shape[1]])[None]
        apart = float((found - made.logits(model)).abs().max())
        print(f"{name}: logits differ by {apart:.1e}")
        if apart > MOST:
            raise SystemExit("llama.cpp computes something else")


if __name__ == "__main__":
    main()
