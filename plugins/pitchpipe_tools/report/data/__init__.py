"""The part about the data: what became of the rows, why, and what is left."""
