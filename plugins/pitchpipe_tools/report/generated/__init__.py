"""The part about rows that generators made: what came of every question and candidate, and examples."""
