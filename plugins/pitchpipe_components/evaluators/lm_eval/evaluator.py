"""Tasks of lm-evaluation-harness by name, or from files of one's own."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.evaluators.lm_eval.known import TaskFile, folders_of, home, names_in, runs_code

Positive = Annotated[int, pp.Meta(ge=1)]
Whole = Annotated[int, pp.Meta(ge=0)]


class LmEval:
    """Tasks of lm-evaluation-harness, such as MMLU or GSM8K, with the numbers that its command gives.

    Asked is the model that is in memory, with the saved model's tokenizer and chat template.
    """

    own_items = True

    def __init__(
        self,
        *,
        tasks: Annotated[
            tuple[str, ...], pp.Meta(description="tasks, groups or tags of lm-evaluation-harness, by name")
        ] = (),
        files: Annotated[
            tuple[Path, ...], pp.Meta(description="tasks or groups of your own: YAML as the harness reads it")
        ] = (),
        include_path: Annotated[
            Path | None,
            pp.Meta(description="a folder with tasks of your own, which `tasks` and `files` name"),
        ] = None,
        few_shot: Annotated[
            Whole | None, pp.Meta(description="examples before each question; none: as a task says")
        ] = None,
        limit: Annotated[
            Positive | None, pp.Meta(description="only the first so many questions of each task")
        ] = None,
        chat: Annotated[
            bool | None,
            pp.Meta(description="ask in the form of a chat; none: where the saved model has a chat template"),
        ] = None,
        system: Annotated[str, pp.Meta(description="a system's words before each question")] = "",
        multi_turn: Annotated[
            bool, pp.Meta(description="in a chat, each example is an exchange of its own")
        ] = True,
        log_samples: Annotated[
            bool, pp.Meta(description="write what was asked and said to lm_eval/ in the run's `evaluating`")
        ] = True,
        allow_code: Annotated[
            bool,
            pp.Meta(description="let tasks such as HumanEval execute what the model writes, on this machine"),
        ] = False,
        seed: Annotated[int, pp.Meta(description="chooses examples, where a task draws them")] = 1234,
        batch_size: Annotated[Positive, pp.Meta(description="of the longest texts, read at once")] = 16,
    ):
        self.tasks, self.files, self.include_path = tasks, files, include_path
        self.few_shot, self.limit, self.chat, self.system = few_shot, limit, chat, system
        self.multi_turn, self.log_samples, self.allow_code = multi_turn, log_samples, allow_code
        self.seed, self.batch_size = seed, batch_size
        if not (tasks or files):
            raise ValueError("it needs `tasks`, as in tasks: [hellaswag], or `files`")
        if missing := [path for path in files if not path.is_file()]:
            raise ValueError(f"files: there is no file {missing[0]}")
        if include_path and not include_path.is_dir():
            raise ValueError(f"include_path: there is no folder {include_path}")
        if home():  # else the extra is missing, which is told elsewhere
            self._must_be_known()

    def _must_be_known(self) -> None:
        for name in self.tasks:
            if not self.folders[name]:
                known = names_in(home() or Path()) | (
                    names_in(self.include_path) if self.include_path else set()
                )
                near = pp.suggest(name, known)
                cure = " Files of your own are named in `files`." if name.endswith((".yaml", ".yml")) else ""
                raise ValueError(f"tasks: lm-evaluation-harness has no task '{name}'.{near}{cure}")
        executing = [name for name in self.tasks if any(runs_code(name, one) for one in self.folders[name])]
        executing += [str(path) for path in self.files if TaskFile.read(path).runs_code]
        if executing and not self.allow_code:
            raise ValueError(
                f"{executing[0]} executes what the model writes, on this machine. If it may: allow_code: true"
            )

    @cached_property
    def folders(self) -> dict[str, set[Path]]:
        """Where each task is described."""
        own = {self.include_path} if self.include_path else set()
        return {
            name: {one for one in own if name in names_in(one)} or folders_of(name) for name in self.tasks
        }

    def inputs(self) -> list[Path]:
        """Files of one's own that decide scores: tasks, and what stands beside them or is named in them."""
        folder = self.include_path
        beside = [path for path in folder.rglob("*") if path.is_file()] if folder else []
        described = [path for path in {*self.files, *beside} if path.suffix in (".yaml", ".yml")]
        named = [path for file in described for path in TaskFile.read(file).data]
        return sorted({path.absolute() for path in (*self.files, *beside, *named)})

    def __call__(self, subject: pp.Subject) -> Mapping[str, pp.Measured | pp.Score]:
        from pitchpipe_components.evaluators.lm_eval.asked import ask

        return ask(self, subject)
