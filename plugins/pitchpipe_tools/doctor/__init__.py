"""pitchpipe doctor: this machine, and the proof that documents of a row do not see each other."""
