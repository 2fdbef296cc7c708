"""What a trainer learns from a batch: replies, pairs of them, or judged ones."""
