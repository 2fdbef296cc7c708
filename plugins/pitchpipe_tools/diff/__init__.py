"""pitchpipe diff: what two runs were made of, and what came of it."""
