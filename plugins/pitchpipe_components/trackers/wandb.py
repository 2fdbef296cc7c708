"""Weights & Biases: online where one is logged in, or offline in the run's folder, to be synced later."""

import os
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import pitchpipe as pp

COLUMNS: list[str | int] = ["prompt", "expected", "said", "stops"]


def wandb(
    run: pp.Tracked,
    *,
    project: Annotated[str, pp.Meta(description="where the run is filed")] = "pitchpipe",
    entity: Annotated[str | None, pp.Meta(description="a user or a team; none: your default one")] = None,
    tags: list[str] = [],  # noqa: B006  options are read, never changed
    mode: Annotated[
        Literal["online", "offline"] | None,
        pp.Meta(description="offline: into the run's folder, for `wandb sync`; none: as WANDB_MODE says"),
    ] = None,
) -> "WandbRun":
    """Weights & Biases. A run that goes on after a kill goes on there too."""
    return WandbRun(run, project=project, entity=entity, tags=tags, mode=mode)


class WandbRun:
    """One run of W&B. Its charts are over `step`, as it may not log a step of its own twice."""

    def __init__(self, run: pp.Tracked, **where: Any):
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # to its makers, of its own errors
        import wandb

        self.wandb = wandb
        settings = wandb.Settings(console="off", disable_code=True, quiet=True)
        # Offline a folder is named by the second in which it was made: each process has one of its own.
        folder = run.folder / str(len(list(run.folder.iterdir())) + 1)
        folder.mkdir()
        self.run = wandb.init(
            id=run.id, name=run.name, config=run.recipe, dir=str(folder), resume="allow",
            reinit="create_new", settings=settings, **where,
        )  # fmt: skip
        self.run.define_metric("step", hidden=True)
        self.run.define_metric("*", step_metric="step")

    def log(self, step: int, values: dict[str, float]) -> None:
        self.run.log({"step": step, **values})

    def samples(self, step: int, replies: Sequence[tuple[pp.Prompt, pp.Answer]]) -> None:
        rows = [[prompt.words, prompt.expected, answer.text, answer.ended] for prompt, answer in replies]
        self.run.log({"step": step, "samples": self.wandb.Table(COLUMNS, rows)})

    def close(self, failed: bool) -> None:
        self.run.finish(exit_code=int(failed))
        self.wandb.teardown()  # else it may mistake the next record of this id for this one, and lose it
