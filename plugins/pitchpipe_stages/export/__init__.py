"""What becomes of a tuned model: merged with its base, and written as others take it."""
