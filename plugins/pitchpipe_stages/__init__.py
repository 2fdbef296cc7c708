"""What a run does, in the order of a conversation's life. Each stage comes in by everyone's door."""
