"""pitchpipe report: a page about the data of a run."""
