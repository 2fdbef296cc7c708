"""The questions of benchmarks/generate.py, for whoever asks them."""


def asked(number: int) -> str:
    """About a thousand letters, as a prompt with demonstrations has."""
    return f"Task {number}: " + "come up with a series of tasks " * 30
