"""The base model and the tuned one: loaded, grown by new tokens, saved for servers."""
