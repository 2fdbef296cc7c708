"""The parts about training: its curves, what it said, what it took."""
