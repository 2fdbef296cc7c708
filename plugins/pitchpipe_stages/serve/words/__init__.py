"""What goes into a model and what comes out: messages become ids as in training, tokens become an answer."""
