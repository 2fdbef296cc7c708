"""Calls of tools in what a model says: how its chat template writes them, found out, and read back."""
