"""pitchpipe doctor: this machine, and the proof that conversations in one row do not attend to each other."""
