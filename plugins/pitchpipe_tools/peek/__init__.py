"""pitchpipe peek: conversations at every hop, in a terminal or as a page."""
