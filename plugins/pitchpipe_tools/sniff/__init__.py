"""pitchpipe sniff: a first look at a data file that has no recipe yet."""
