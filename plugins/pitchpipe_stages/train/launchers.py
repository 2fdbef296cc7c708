"""What a launcher was asked for and did not do: processes that do not know of each other."""

import os

from pitchpipe.errors import PitchpipeError

# Set in each of several processes by launchers that do not number them in RANK.
COUNTS = {
    "SLURM_STEP_NUM_TASKS": "srun",
    "OMPI_COMM_WORLD_SIZE": "mpirun",
    "PMI_SIZE": "mpirun",
}
CURE = "Start it with `torchrun --nproc-per-node NUMBER -m pitchpipe run RECIPE`"


def must_be_one_launch() -> None:
    """Stop where several processes were asked for and each would train alone, or only one has come."""
    if "WORLD_SIZE" in os.environ:
        return
    for name, launcher in COUNTS.items():
        if (count := os.environ.get(name, "1")) not in ("", "0", "1"):
            raise PitchpipeError(
                f"{launcher} has started {count} processes ({name}), and no WORLD_SIZE and RANK tell them of"
                f" each other: each would train a model of its own. {CURE}, or unset {name} if that is meant."
            )
    if "ACCELERATE_MIXED_PRECISION" in os.environ and "MASTER_PORT" in os.environ:
        raise PitchpipeError(
            "accelerate launch was asked for several processes and has started this one alone, as it does"
            f" with --cpu: it has set MASTER_PORT and no WORLD_SIZE. {CURE}, or ask for --num_processes 1."
        )
