"""Families of models. A judge prefers replies that read like its own."""

import re

# Names as they stand in the names of models: on the hub, behind a URL, as `model_type` in a configuration.
_FAMILIES = {
    "Claude": "claude", "Cohere": "command|cohere|c4ai|aya", "DeepSeek": "deepseek", "Falcon": "falcon",
    "Gemma or Gemini": "gemma|gemini", "GLM": "glm|chatglm", "GPT": "(?:chat)?gpt|o[134]|davinci",
    "Granite": "granite", "Grok": "grok", "InternLM": "internlm", "Kimi": "kimi|moonshot",
    "Llama": "(?:code|tiny|open)?llama|vicuna", "MiniMax": "minimax", "Nemotron": "nemotron",
    "Mistral": "(?:open-)?mistral|mixtral|ministral|magistral|codestral|devstral|pixtral|zephyr",
    "OLMo": "olmo|olmoe", "Phi": "phi", "Qwen": "qwen|qwq", "SmolLM": "smollm", "Yi": "yi",
}  # fmt: skip
ITSELF = "the recipe's base"  # what the teacher `model` calls itself where it has no folder and no name
# GPT-2, GPT-J and GPT-NeoX are no relatives of the GPTs that judge today.
_NO_RELATIVES = re.compile(r"gpt[-_]?(?:2|j|neox?|bigcode)(?![a-z0-9])", re.I)


def families(name: str) -> set[str]:
    """The families that the name of a model names; of a distilled one, both."""
    name = _NO_RELATIVES.sub(" ", name)
    return {
        family
        for family, known in _FAMILIES.items()
        if re.search(rf"(?<![a-z0-9])(?:{known})(?![a-z])", name, re.I)
    }


def relatives(judge: str, contestant: str, architecture: str) -> str:
    """In words, what makes a judge partial to a contestant; nothing where names say nothing of it."""
    if judge in (ITSELF, contestant, contestant.rstrip("/").rpartition("/")[2]):
        return "the judge is the model itself, or its base"
    # Many models of other houses have the architecture of Llama, so a name says more.
    common = families(judge) & (families(contestant) or families(architecture))
    return f"judge and contestant are of one family, {', '.join(sorted(common))}" if common else ""
