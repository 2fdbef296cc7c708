"""What a server keeps of its answers: as the journal writes it, and as training data is made of it."""
