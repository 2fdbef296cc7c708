"""The stages `evaluate base` and `evaluate tuned`: the same questions for both models."""
