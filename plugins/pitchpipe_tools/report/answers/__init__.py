"""The part about answers: what both models said, beside what was expected."""
