"""The parts about scores: the verdict, base beside tuned, groups, and what stands in the training data."""
