"""The value of a measure whose items may give nothing to divide by."""

from typing import Any


def quotient(sums: Any) -> Any:
    """The first sum by the second; no number where both are nothing."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(sums[..., 0], sums[..., 1])
