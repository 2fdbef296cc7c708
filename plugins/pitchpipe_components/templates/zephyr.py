"""The template of HuggingFaceH4/zephyr-7b-beta. Every turn ends with the end token; none begins with bos."""

import pitchpipe as pp


def _turn(role: str) -> tuple[str, str]:
    return f"<|{role}|>\n", "{eos}\n"


ZEPHYR = pp.turns(system=_turn("system"), user=_turn("user"), assistant=_turn("assistant"), begin="")
