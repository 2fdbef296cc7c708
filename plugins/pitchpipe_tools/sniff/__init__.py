"""pitchpipe sniff: a data file, looked at before there is a recipe."""
