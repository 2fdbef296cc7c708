"""Trackio: a database on this machine, or a Space of the Hugging Face hub."""

import os
from collections.abc import Sequence
from typing import Annotated, Any

import pitchpipe as pp


def trackio(
    run: pp.Tracked,
    *,
    project: Annotated[str, pp.Meta(description="where the run is filed")] = "pitchpipe",
    space: Annotated[
        str | None, pp.Meta(description="a Space on the hub that shows it, as in someone/trackio")
    ] = None,
) -> "TrackioRun":
    """Trackio. `trackio show` opens the numbers of this machine."""
    return TrackioRun(run, project, space)


class TrackioRun:
    """One run of Trackio, which knows it by its name."""

    def __init__(self, run: pp.Tracked, project: str, space: str | None):
        os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
        import trackio

        self.trackio: Any = trackio
        self.run: Any = trackio.init(
            project=project, name=run.id, space_id=space, config=run.recipe, resume="allow", embed=False,
            auto_log_gpu=False, auto_log_cpu=False,
        )  # fmt: skip

    def log(self, step: int, values: dict[str, float]) -> None:
        self.run.log(values, step=step)

    def samples(self, step: int, replies: Sequence[tuple[pp.Prompt, pp.Answer]]) -> None:
        rows = [
            {"prompt": prompt.words, "expected": prompt.expected, "said": answer.text, "stops": answer.ended}
            for prompt, answer in replies
        ]
        self.run.log({"samples": self.trackio.Table(data=rows)}, step=step)

    def close(self, failed: bool) -> None:
        self.trackio.finish()
