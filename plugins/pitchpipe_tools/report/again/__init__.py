"""The part about repeating a run: its recipe, versions and hashes."""
