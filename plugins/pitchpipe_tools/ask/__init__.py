"""The command `ask`: a model answers once, or once for each line."""
