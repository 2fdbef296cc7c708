"""pitchpipe runs: what runs there are, and the removal of old ones."""
