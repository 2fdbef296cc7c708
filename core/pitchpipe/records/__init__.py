"""The records that travel: rows, conversations, verdicts, pieces, examples."""
