"""pitchpipe new: the package of a new plugin."""
