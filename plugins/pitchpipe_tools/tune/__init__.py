"""pitchpipe tune: other thresholds for a filter, applied to the scores that a run has kept."""
