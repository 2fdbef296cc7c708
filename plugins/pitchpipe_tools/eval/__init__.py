"""The command `eval`: scores for any model, without training."""
