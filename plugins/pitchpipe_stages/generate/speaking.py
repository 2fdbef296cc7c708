"""A model answers a conversation, piece by piece, and can be stopped. Terminals and servers stand on it."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

from pitchpipe.host.contracts import Answer, Prompt, Sampling
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_stages.generate import asking
from pitchpipe_stages.generate.decoding import BROKEN, Decoder
from pitchpipe_stages.generate.opened import OpenedModel
from pitchpipe_stages.generate.sampling import GREEDY, in_words
from pitchpipe_stages.generate.thoughts import Stretch, Thoughts

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Settings:
    """How a model is asked: how it chooses tokens, with which seed, and how many it may write."""

    sampling: Sampling = GREEDY
    max_new_tokens: int = 1024
    seed: int = 0

    def reseeded(self, seed: int) -> "Settings":
        return replace(self, seed=seed)

    def __str__(self) -> str:
        return in_words(self.sampling) + (f", seed {self.seed}" if self.sampling.temperature else "")


class _Stopped(Exception):
    """Ends a generation from within: nobody listens any more."""


@dataclass
class Speech:
    """An answer while it is given. One at a time: a model has one generation config, and one chance."""

    opened: OpenedModel
    prompt: list[int]
    settings: Settings
    ids: list[int] = field(default_factory=list)  # without the token that ended it
    end: int | None = None  # the token that ended it
    cut: bool = False  # by whoever listened
    said: list[Stretch] = field(default_factory=list)
    seconds: float = 0.0
    first: float = 0.0  # seconds until the first token

    def __post_init__(self) -> None:
        self._decoder, self._thoughts = (
            Decoder(self.opened.tokenizer),
            Thoughts(_tail(self.opened, self.prompt)),
        )
        self._thread: Thread | None = None
        self._left = False

    def __iter__(self) -> Iterator[Stretch]:
        """The answer, stretch by stretch. Whoever may leave off early listens `with` it."""
        stops = set(self.opened.ends.every)
        for token in self._tokens():
            if token in stops:
                self.end = token
                continue
            self.ids.append(token)
            yield from self._keep(self._thoughts.add(self._decoder.add(token)))
        yield from self._keep(self._thoughts.add(self._decoder.finish(), last=True))

    def __enter__(self) -> "Speech":
        return self

    def __exit__(self, *_: object) -> None:
        """Nobody listens any more: a thread that computes while Python ends would abort it."""
        self._left = True
        if self._thread:
            self._thread.join()

    def cancel(self) -> list[Stretch]:
        """Stop the answer. What was said of it stays, and what was held back of it is given."""
        self.cut = True
        if self._thread:
            self._thread.join()
        rest = self._decoder.finish().rstrip(BROKEN)
        return list(self._keep(self._thoughts.add(rest, last=True)))

    @property
    def full(self) -> bool:
        """Whether the model could read no more, so that the answer had to end."""
        return self.end is None and not self.cut and len(self.ids) < self.settings.max_new_tokens

    @property
    def message(self) -> Message:
        """The answer as a message of a conversation."""
        return _message(self.said)

    @property
    def answer(self) -> Answer:
        """The answer as evaluators see it."""
        text = str(self.opened.tokenizer.decode(self.ids, skip_special_tokens=True))
        end = [self.end] if self.end is not None else []
        return Answer(text, bool(end), [*self.ids, *end])

    def _keep(self, stretches: Iterator[Stretch]) -> Iterator[Stretch]:
        for one in stretches:
            self.said.append(one)
            yield one

    # --- The model, in a thread of its own ---------------------------------------------------------

    def _tokens(self) -> Iterator[int]:
        """The tokens that the model writes, each when it is there."""
        heard: SimpleQueue[int | BaseException | None] = SimpleQueue()
        began = time.monotonic()
        self._thread = Thread(target=self._speak, args=(heard,), daemon=True)
        self._thread.start()
        while (token := heard.get()) is not None:
            if isinstance(token, BaseException):
                raise token
            self.first = self.first or time.monotonic() - began
            self.seconds = time.monotonic() - began
            yield token

    def _speak(self, heard: "SimpleQueue[int | BaseException | None]") -> None:
        try:
            self._generate(_Listener(self, heard))
        except _Stopped:
            pass
        except BaseException as error:
            heard.put(error)
        heard.put(None)

    def _generate(self, listener: "_Listener") -> None:
        import torch

        opened, settings = self.opened, self.settings
        stops, pad = opened.ends.every, cast(int, opened.tokenizer.pad_token_id)
        how = settings.sampling
        with opened.ready() as model, asking.plain_settings(model, stops, pad, how) as plain:
            plain.max_new_tokens = min(settings.max_new_tokens, opened.room(len(self.prompt)))
            torch.manual_seed(settings.seed)
            ids = torch.tensor([self.prompt], device=model.device)
            generate = cast(Any, model.generate)
            generate(input_ids=ids, attention_mask=torch.ones_like(ids), streamer=listener)


class _Listener:
    """Passes each token on. The first that it hears is the prompt, or what a decoder starts with."""

    def __init__(self, speech: Speech, heard: "SimpleQueue[int | BaseException | None]"):
        self.speech, self.heard, self.begun = speech, heard, False

    def put(self, tokens: "Tensor") -> None:
        if self.speech.cut or self.speech._left:
            raise _Stopped
        if self.begun:
            self.heard.put(int(tokens.flatten()[-1]))
        self.begun = True

    def end(self) -> None:
        pass


def together(
    opened: OpenedModel, prompts: Sequence[list[int]], settings: Settings
) -> Iterator[tuple[Message, bool, int]]:
    """The answers to several prompts in one batch, whether the model ended each, and its tokens."""
    import torch

    asked = [Prompt("", ids, "", "") for ids in prompts]
    most = min(settings.max_new_tokens, *(opened.room(len(ids)) for ids in prompts))
    torch.manual_seed(settings.seed)
    with opened.ready() as model:
        answers = asking.answers(
            model, opened.tokenizer, opened.ends.every, asked, len(asked), most, how=settings.sampling
        )
        for prompt, answer in zip(prompts, answers, strict=True):
            ids = answer.ids[:-1] if answer.ended else answer.ids
            yield spoken_message(opened, prompt, ids), answer.ended, len(ids)


def spoken_message(opened: OpenedModel, prompt: list[int], ids: Sequence[int]) -> Message:
    """An answer as a message: what is thought apart from what is said."""
    return _message(_said(opened, prompt, ids))


def _said(opened: OpenedModel, prompt: list[int], ids: Sequence[int]) -> Iterator[Stretch]:
    decoder, thoughts = Decoder(opened.tokenizer), Thoughts(_tail(opened, prompt))
    text = "".join(map(decoder.add, ids))
    yield from thoughts.add(text + decoder.finish(), last=True)


def _tail(opened: OpenedModel, prompt: list[int]) -> str:
    """The end of a prompt, which may open reasoning."""
    return str(opened.tokenizer.decode(prompt[-8:]))


def _message(said: Iterable[Stretch]) -> Message:
    """An answer as a message of a conversation."""
    said = list(said)
    thought, words = ("".join(one.text for one in said if one.thought is kind) for kind in (True, False))
    return Message("assistant", words, reasoning=thought.rstrip("\n"))


def stream(opened: OpenedModel, conversation: Conversation, settings: Settings | None = None) -> Speech:
    """The model's answer to a conversation, to be iterated over."""
    prompt = opened.prompt(conversation)
    opened.room(len(prompt))  # it may be full
    return Speech(opened, prompt, settings or Settings())
