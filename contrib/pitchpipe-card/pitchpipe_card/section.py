"""The recipe's section `card`: what no run can know about the model."""

from dataclasses import dataclass
from typing import Annotated

import pitchpipe as pp


@dataclass(frozen=True)
class Header:
    """The words at the top of a model card."""

    title: Annotated[str, pp.Meta(description="the card's heading; left out: the run's name")] = ""
    language: Annotated[str, pp.Meta(description="the language of the replies, as in en")] = ""
    license: Annotated[str, pp.Meta(description="the license of the tuned model, as in apache-2.0")] = ""
    tags: Annotated[tuple[str, ...], pp.Meta(description="words to find the model by")] = ()


CARD = pp.Section[Header]("card", options=Header)
