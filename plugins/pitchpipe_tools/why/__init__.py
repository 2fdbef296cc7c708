"""pitchpipe why: each decision about one row, of a run or of what generators made."""
