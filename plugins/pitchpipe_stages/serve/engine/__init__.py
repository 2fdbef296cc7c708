"""Many answers in one forward pass: each joins when it comes, and leaves when it ends."""
