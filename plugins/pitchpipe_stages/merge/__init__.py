"""Merges adapters into their base, and proves that the model which comes of it says the same."""
