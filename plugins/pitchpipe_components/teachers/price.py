"""What tokens cost."""

from dataclasses import dataclass

import pitchpipe as pp

NAMES = ("input", "output", "cached")


@dataclass(frozen=True)
class Price:
    """Dollars for a million tokens."""

    input: float
    output: float
    cached: float

    @classmethod
    def of(cls, said: dict[str, float]) -> "Price":
        for name, value in said.items():
            if name not in NAMES:
                raise ValueError(f"dollars_per_million: no price '{name}'.{pp.suggest(name, NAMES)}")
            if not 0 <= value < float("inf"):
                raise ValueError(f"dollars_per_million: expected {name} to be 0 or more, got {value}")
        if missing := {"input", "output"} - said.keys():
            raise ValueError(f"dollars_per_million: '{min(missing)}' is missing")
        return cls(said["input"], said["output"], said.get("cached", said["input"]))

    def of_tokens(self, usage: pp.Usage) -> float:
        new = usage.read - usage.cached
        return (new * self.input + usage.cached * self.cached + usage.written * self.output) / 1e6
