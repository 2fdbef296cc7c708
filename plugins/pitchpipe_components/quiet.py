"""Silences messages of libraries that help only developers; PITCHPIPE_VERBOSE=1 shows them."""

import logging
import os
import warnings


def quiet() -> None:
    """Silences progress bars, hints and warnings of future changes, about which a user can do nothing."""
    if os.environ.get("PITCHPIPE_VERBOSE", "0") not in ("", "0"):
        return
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", message="Setting `save_embedding_layers`")  # pitchpipe reports this
    warnings.filterwarnings("ignore", message="Position ids are not supported")  # PEFT computes its own
    warnings.filterwarnings("ignore", message="Paged optimizers are not supported on CPU")  # and this
    for name in ("bitsandbytes", "datasets", "accelerate", "trl", "peft"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
