"""A model's name may come back longer than it was sent; a cheaper model is another one."""

import pytest

from pitchpipe_stages.generate.requests.same_model import is_same


@pytest.mark.parametrize(("asked", "answered"), [
    ("gpt-5", "gpt-5-2025-08-07"), ("gpt-4", "gpt-4-0613"), ("gpt-5-mini", "openai/gpt-5-mini"), ("llama3", "llama3:latest"),
    ("claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022"), ("gemini-2.0-flash", "models/gemini-2.0-flash-001"),
    ("Qwen/Qwen3-8B", "qwen3-8b"), ("/models/Qwen3-8B/", "Qwen3-8B"), ("claude-sonnet-4", "claude-sonnet-4@20250514"), ("m", "m"),
])  # fmt: skip
def test_a_longer_name_is_the_same_model(asked, answered):
    assert is_same(asked, answered)


@pytest.mark.parametrize(("asked", "answered"), [
    ("gpt-5", "gpt-5-mini"), ("gpt-4", "gpt-4o"), ("gpt-4", "gpt-4.1"), ("gpt-4", "gpt-4-32k"), ("gpt-5-mini", "gpt-5"),
    ("tutor", "a-cheaper-one"), ("llama3", "llama3:70b"), ("Qwen3-8B", "Qwen3-8B-AWQ"),
])  # fmt: skip
def test_another_model_is_another(asked, answered):
    assert not is_same(asked, answered)
