"""TensorBoard: event files in the run's folder."""

import json
from collections.abc import Sequence
from typing import Any

import pitchpipe as pp


def tensorboard(run: pp.Tracked) -> "EventFiles":
    """Event files in the run's folder: `tensorboard --logdir runs` shows all runs."""
    return EventFiles(run)


class EventFiles:
    """The event files of one run. What is logged is on disk at once."""

    def __init__(self, run: pp.Tracked):
        from torch.utils.tensorboard import SummaryWriter

        self.writer: Any = SummaryWriter(str(run.folder))
        self.writer.add_text("recipe", _block(json.dumps(run.recipe, indent=2, ensure_ascii=False)), 0)

    def log(self, step: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)
        self.writer.flush()

    def samples(self, step: int, replies: Sequence[tuple[pp.Prompt, pp.Answer]]) -> None:
        for number, (prompt, answer) in enumerate(replies, 1):
            said = answer.text + ("" if answer.ended else "\n(does not stop)")
            text = (
                f"{_block(prompt.words)}\n\nexpected\n\n{_block(prompt.expected)}\n\nsaid\n\n{_block(said)}"
            )
            self.writer.add_text(f"sample {number}", text, step)
        self.writer.flush()

    def close(self, failed: bool) -> None:
        self.writer.close()


def _block(text: str) -> str:
    """Text as Markdown that shows it as it is."""
    return "\n".join(f"    {line}" for line in text.splitlines())
