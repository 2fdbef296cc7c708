"""What of a question decides its reply, whoever is asked."""

from typing import Any

import pitchpipe as pp

ALWAYS = ("max_tokens", "temperature", "top_p", "schema")
WHERE_USED = ("raw", "stop", "logprobs")  # so that records of before they were there keep their keys
HOW = (*ALWAYS, *WHERE_USED)


def decides(ask: pp.Ask) -> dict[str, Any]:
    asked = {name: getattr(ask, name) for name in ALWAYS}
    used = {name: getattr(ask, name) for name in WHERE_USED if getattr(ask, name)}
    return {"messages": list(ask.messages), **asked, **used}
