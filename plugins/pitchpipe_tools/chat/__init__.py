"""The command `chat`: a person talks to a model in a terminal."""
