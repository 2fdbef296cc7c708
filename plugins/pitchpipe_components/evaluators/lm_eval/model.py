"""The model in memory as lm-evaluation-harness asks one."""

from collections.abc import Sequence
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.model import TemplateLM
from lm_eval.models.utils import (
    handle_stop_sequences,
    has_bos_prefix,
    normalize_gen_kwargs,
    postprocess_generated_text,
    resolve_max_length,
)
from lm_eval.utils import get_rolling_token_windows, make_disjoint_window

import pitchpipe as pp

ROOM = 256  # tokens of an answer, where a task says nothing
TAKEN = {"temperature", "top_p", "top_k", "min_p", "do_sample"}
NEUTRAL = {"num_beams": 1, "repetition_penalty": 1.0, "num_return_sequences": 1, "use_cache": True}


class SubjectModel(TemplateLM):  # type: ignore[misc]
    """Encodes as the harness's own model `hf` does. The subject keeps a record, and reads at its own pace."""

    def __init__(self, subject: pp.Subject, batch_size: int):
        super().__init__()
        self.subject, self.batch_size, self.tokenizer = subject, batch_size, subject.served
        self.apart = subject.model.config.is_encoder_decoder
        self.backend = "seq2seq" if self.apart else "causal"
        self.max_length = resolve_max_length(subject.model.config, self.tokenizer)
        self._asked = 0

    @property
    def eot_token_id(self) -> int:
        if self.tokenizer.eos_token_id is None:
            raise pp.PitchpipeError("lm_eval: the tokenizer has no token that ends a text, which tasks need")
        return self.tokenizer.eos_token_id

    @property
    def prefix_token_id(self) -> int:
        begin = self.tokenizer.bos_token_id
        return self.eot_token_id if begin is None else begin

    @property
    def tokenizer_name(self) -> str:
        return self.tokenizer.name_or_path

    def tok_encode(self, string: str, add_special_tokens: bool | None = None, **_: Any) -> list[int]:
        if add_special_tokens is None and has_bos_prefix(string, self.tokenizer.decode(self.prefix_token_id)):
            add_special_tokens = False
        more = {} if add_special_tokens is None else {"add_special_tokens": add_special_tokens}
        return list(self.tokenizer.encode(string, **more))

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        from jinja2 import TemplateError

        how: dict[str, Any] = {
            "tokenize": False,
            "add_generation_prompt": add_generation_prompt,
            "continue_final_message": not add_generation_prompt,
        }
        try:
            return str(self.tokenizer.apply_chat_template(chat_history, **how))
        except TemplateError:  # one that knows no system
            rest = [message for message in chat_history if message["role"] != "system"]
            return str(self.tokenizer.apply_chat_template(rest, **how))

    # --- Log-probabilities -------------------------------------------------------------------------

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = True) -> list[tuple[float, bool]]:
        return super().loglikelihood(requests, disable_tqdm=True)  # the subject has a bar of its own

    def _loglikelihood_tokens(
        self, requests: list[tuple[Any, list[int], list[int]]], **_: Any
    ) -> list[tuple[float, bool]]:
        pairs = [self._fitting(context, follower) for _, context, follower in requests]
        return self.subject.likelihoods(pairs, "lm_eval, likelihoods", self.batch_size)

    def _fitting(self, context: list[int], follower: list[int]) -> tuple[list[int], list[int]]:
        if self.apart:
            return context[-self.max_length :], follower[-self.max_length :]
        return (context + follower)[-(self.max_length + 1) :][: -len(follower)], follower

    def loglikelihood_rolling(self, requests: list[Instance], disable_tqdm: bool = False) -> list[float]:
        windows = [self._windows(*request.args) for request in requests]
        every = [(None, *window) for some in windows for window in some]
        values = iter(self._loglikelihood_tokens(every))
        return [sum(next(values)[0] for _ in some) for some in windows]

    def _windows(self, text: str) -> list[tuple[list[int], list[int]]]:
        """A text in pieces that the model can read, each token in one."""
        found = get_rolling_token_windows(
            self.tok_encode(text), self.prefix_token_id, max_seq_len=self.max_length, context_len=1
        )
        return list(map(make_disjoint_window, found))

    # --- Answers -----------------------------------------------------------------------------------

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        groups: dict[str, list[int]] = {}
        for at, request in enumerate(requests):
            groups.setdefault(repr(request.args[1]), []).append(at)
        found: dict[int, str] = {}
        for places in groups.values():
            some = [requests[at] for at in places]
            found |= zip(places, self._generated(some, some[0].args[1]), strict=True)
        return [found[at] for at in range(len(requests))]

    def _generated(self, requests: Sequence[Instance], settings: dict[str, Any]) -> list[str]:
        """The answers to requests that have the same settings."""
        task = requests[0].task_name
        settings = dict(normalize_gen_kwargs(settings, ROOM))
        most, until = settings.pop("max_gen_toks"), settings.pop("until")
        eos = self.tokenizer.decode(self.eot_token_id, skip_special_tokens=False)
        stops = handle_stop_sequences(list(until), eos)
        how = _sampling(settings, task)
        room = self.max_length - (0 if self.apart else most)
        if room <= 0:
            raise pp.PitchpipeError(
                f"lm_eval: {task} lets answers have {most:,} tokens, and the model reads {self.max_length:,}"
            )
        prompts = [self._prompt(request.args[0], room) for request in requests]
        heard = [words for words in stops if words and words != eos]  # tokens end an answer anyway
        label = f"lm_eval, {task}"
        said = self.subject.answers(prompts, label, self.batch_size, most, heard, how)
        return [postprocess_generated_text(answer.text, stops, None) for answer in said]

    def _prompt(self, text: str, room: int) -> pp.Prompt:
        self._asked += 1
        begun = not self.apart and has_bos_prefix(text, self.tokenizer.bos_token)
        ids = self.tok_encode(text, add_special_tokens=False if begun else None)
        return pp.Prompt(f"lm_eval {self._asked}", ids[-room:], text, "")


def _sampling(settings: dict[str, Any], task: str | None) -> pp.Sampling:
    """How tokens are chosen. What cannot be done is refused, not left out."""
    unknown = {
        name: value
        for name, value in settings.items()
        if name not in TAKEN and value is not None and NEUTRAL.get(name) != value
    }
    if unknown:
        raise pp.PitchpipeError(f"lm_eval: {task} asks for a way to generate that there is not: {unknown}")
    if not (settings.get("do_sample") and settings.get("temperature")):
        return pp.Sampling()
    named = ("temperature", "top_p", "top_k", "min_p")
    return pp.Sampling(**{name: settings[name] for name in named if settings.get(name) is not None})
