"""Templates with delimiters `###human###` or `###instruction###`, for any tokenizer with an end token."""

import pitchpipe as pp
from pitchpipe import Turns


def _turns(user: str, assistant: str) -> Turns:
    return pp.turns(
        system=("###system###\n", "\n\n"),
        user=(f"###{user}###\n", "\n\n"),
        context=("\n\n###input###\n", ""),
        assistant=(f"###{assistant}###\n", "{eos}\n\n"),
    )


PLAIN = _turns("human", "assistant")
PLAIN_INSTRUCTION = _turns("instruction", "response")
